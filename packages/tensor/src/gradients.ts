/** Registers the gradients of every tfjs-core op: its Node entry and its bundler entry both leave them out. */
import "./generated/gradients.ts";
import {
  backend_util,
  div,
  fill,
  type GradConfig,
  mul,
  type NamedAttrMap,
  registerGradient,
  reshape,
  type Tensor,
  unregisterGradient,
  util,
} from "@tensorflow/tfjs-core";

/** `dy / divisor`, repeated along the axes that were reduced. tfjs writes the ones for it in JavaScript, element by element. */
function spread(dy: Tensor, { shape }: Tensor, { axis }: NamedAttrMap, divisor: number): Tensor {
  const axes = util.parseAxisParam(axis as number | number[], shape);
  const kept = reshape(
    dy,
    backend_util.expandShapeToKeepDim(
      shape.filter((_, at) => !axes.includes(at)),
      axes,
    ),
  );
  return mul(divisor === 1 ? kept : div(kept, divisor), fill(shape, 1));
}

const reductions: readonly GradConfig[] = [
  {
    kernelName: "Sum",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes) => ({ x: () => spread(dy as Tensor, x!, attributes, 1) }),
  },
  {
    kernelName: "Mean",
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attributes) => ({
      x: () => spread(dy as Tensor, x!, attributes, x!.size / (dy as Tensor).size),
    }),
  },
];

for (const gradient of reductions) {
  unregisterGradient(gradient.kernelName);
  registerGradient(gradient);
}
