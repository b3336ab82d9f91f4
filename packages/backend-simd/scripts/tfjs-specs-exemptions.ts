/** Specs of tfjs-core that the simd backend need not pass, by full name, each with its reason. */
export const exemptions: readonly { readonly spec: string; readonly reason: string }[] = [
  {
    spec: "argmax simd {} ignores NaNs",
    reason: "the kernel compares with the row's maximum, which is NaN where any element is; cpu passes over NaN",
  },
];
