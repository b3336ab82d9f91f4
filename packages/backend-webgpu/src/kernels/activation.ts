import { defineProgram } from "../device/compute-program.ts";
import { activationCodes, activations } from "./activations.ts";
import { defineFamily, sizeOf } from "./fused-family.ts";
import { groupsOf, LANES } from "./lanes.ts";

/** An activation, and its derivative where it is to be kept, of an element an invocation. */
const activation = defineProgram({
  name: "activation",
  buffers: { x: "read f32", y: "write f32", slope: "write f32" },
  numbers: { elements: "u32", kind: "u32", keep_slope: "u32" },
  lanes: LANES,
  code: /* wgsl */ `${activations}
fn work(group: u32, lane: u32) {
  let at = group * ${LANES}u + lane;
  if (at >= numbers.elements) {
    return;
  }
  let activated = activate(numbers.kind, x[at]);
  y[at] = activated.x;
  if (numbers.keep_slope == 1u) {
    slope[at] = activated.y;
  }
}
`,
});

/** The activations of feed-forward layers. */
export const activationKernels = defineFamily("activation", {
  activation(recorder, { x }, { activation: name, keepSlope }) {
    const y = recorder.allocate(x.shape);
    const slope = keepSlope ? recorder.allocate(x.shape) : undefined;
    const elements = sizeOf(x.shape);
    const numbers = { elements, kind: activationCodes[name], keep_slope: keepSlope ? 1 : 0 };
    recorder.run(activation, { buffers: { x, y, slope }, numbers, groups: groupsOf(elements) });
    return slope ? [y, slope] : [y];
  },
});
