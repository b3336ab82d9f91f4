import { accelerateFamily } from "./fused-family.ts";

/** The bits of `dropoutHash` of `@trivium/tensor`, which decides what is kept. */
export const dropoutKernels = accelerateFamily("dropout", {
  dropout(backend, { x: { shape, data } }, { rate, seed }) {
    const y = backend.allocate(shape, "float32");
    const threshold = Math.floor(rate * 2 ** 32);
    backend.run("dropout", data.length, data.address, y.address, seed, threshold, 1 / (1 - rate));
    return [y];
  },
});
