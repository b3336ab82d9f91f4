import { defineProgram } from "../device/compute-program.ts";
import { defineFamily, sizeOf } from "./fused-family.ts";
import { groupsOf, LANES } from "./lanes.ts";

/**
 * WGSL: `kept(seed, index, threshold)` tells whether dropout keeps an element, by the bits of `dropoutHash` of
 * `@trivium/tensor`.
 *
 * @source https://github.com/skeeto/hash-prospector
 */
export const dropoutBits = /* wgsl */ `
fn mix_bits(bits: u32) -> u32 {
  var word = (bits ^ (bits >> 16u)) * 0x21f0aaadu;
  word = (word ^ (word >> 15u)) * 0x735a2d97u;
  return word ^ (word >> 15u);
}

fn kept(seed: u32, index: u32, threshold: u32) -> bool {
  return mix_bits(mix_bits(index * 0x9e3779b1u) ^ mix_bits(seed + 0x9e3779b1u)) >= threshold;
}
`;

/** The numbers by which shaders drop elements. */
export const dropoutNumbers = ({ rate, seed }: { readonly rate: number; readonly seed: number }) => ({
  seed,
  threshold: Math.floor(rate * 2 ** 32),
  kept_scale: 1 / (1 - rate),
});

const dropout = defineProgram({
  name: "dropout",
  buffers: { x: "read f32", y: "write f32" },
  numbers: { elements: "u32", seed: "i32", threshold: "u32", kept_scale: "f32" },
  lanes: LANES,
  code: /* wgsl */ `${dropoutBits}
fn work(group: u32, lane: u32) {
  let at = group * ${LANES}u + lane;
  if (at < numbers.elements) {
    y[at] = select(0.0, x[at] * numbers.kept_scale, kept(u32(numbers.seed), at, numbers.threshold));
  }
}
`,
});

/** Dropout, and its gradient. */
export const dropoutKernels = defineFamily("dropout", {
  dropout(recorder, { x }, attributes) {
    const y = recorder.allocate(x.shape);
    const elements = sizeOf(x.shape);
    const numbers = { elements, ...dropoutNumbers(attributes) };
    recorder.run(dropout, { buffers: { x, y }, numbers, groups: groupsOf(elements) });
    return [y];
  },
});
