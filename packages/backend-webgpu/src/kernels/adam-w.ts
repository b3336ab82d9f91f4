import { defineProgram } from "../device/compute-program.ts";
import { defineFamily, sizeOf } from "./fused-family.ts";
import { groupsOf, LANES } from "./lanes.ts";

/**
 * One AdamW update in place, an element an invocation.
 *
 * @source Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 */
const update = defineProgram({
  name: "AdamW",
  buffers: { gradient: "read f32", parameter: "write f32", moment1: "write f32", moment2: "write f32" },
  numbers: {
    elements: "u32",
    gradient_scale: "f32",
    beta1: "f32",
    rest1: "f32",
    beta2: "f32",
    rest2: "f32",
    correction1: "f32",
    correction2: "f32",
    epsilon: "f32",
    learning_rate: "f32",
    decay: "f32",
  },
  lanes: LANES,
  code: /* wgsl */ `
fn work(group: u32, lane: u32) {
  let at = group * ${LANES}u + lane;
  if (at >= numbers.elements) {
    return;
  }
  let g = gradient[at] * numbers.gradient_scale;
  let m = numbers.beta1 * moment1[at] + numbers.rest1 * g;
  let v = numbers.beta2 * moment2[at] + numbers.rest2 * g * g;
  let direction = m / numbers.correction1 / (sqrt(v / numbers.correction2) + numbers.epsilon);
  parameter[at] = numbers.decay * parameter[at] - numbers.learning_rate * direction;
  moment1[at] = m;
  moment2[at] = v;
}
`,
});

/** The update of each parameter by a program, in place where nothing else holds the data. */
export const adamWKernels = defineFamily("adam-w", {
  adamW(recorder, inputs, { weightDecays, ...options }) {
    const count = weightDecays.length;
    const { learningRate, beta1, beta2, epsilon, correction1, correction2, gradientScale } = options;
    const written = [...inputs.slice(0, count), ...inputs.slice(2 * count)].map((tensor) => recorder.takeOver(tensor));
    weightDecays.forEach((weightDecay, index) => {
      const [parameter, moment1, moment2] = [0, 1, 2].map((kind) => written[kind * count + index]!);
      const elements = sizeOf(parameter!.shape);
      const numbers = {
        elements,
        gradient_scale: gradientScale,
        beta1,
        rest1: 1 - beta1,
        beta2,
        rest2: 1 - beta2,
        correction1,
        correction2,
        epsilon,
        learning_rate: learningRate,
        decay: 1 - learningRate * weightDecay,
      };
      const buffers = { gradient: inputs[count + index], parameter, moment1, moment2 };
      recorder.run(update, { buffers, numbers, groups: groupsOf(elements) });
    });
    return written;
  },
});
