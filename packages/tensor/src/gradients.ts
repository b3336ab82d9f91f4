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
  where,
  zeros,
  zerosLike,
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

/** Selected as the values were: a product with the condition would make NaN of an infinite gradient that is not chosen. */
const select: GradConfig = {
  kernelName: "Select",
  inputsToSave: ["condition"],
  gradFunc: (dy, [condition]) => ({
    condition: () => zeros(condition!.shape),
    t: () => where(condition!, dy as Tensor, zerosLike(dy as Tensor)),
    e: () => where(condition!, zerosLike(dy as Tensor), dy as Tensor),
  }),
};

for (const gradient of [...reductions, select]) {
  unregisterGradient(gradient.kernelName);
  registerGradient(gradient);
}
