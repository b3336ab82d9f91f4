/** Specs of tfjs-core that the simd backend need not pass, by full name, each with its reason. */
export const exemptions: readonly { readonly spec: string; readonly reason: string }[] = [];
