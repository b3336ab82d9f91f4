import { activeTraits } from "@trivium/tensor";
import { assertBelow } from "./assert-below.ts";
import type { CaseProblem, PlainTensor } from "./case-problem.ts";
import { describeCase, type KernelCase, maskKinds } from "./kernel-case.ts";
import { gradientsOf, greatestError, outputOf } from "./run-case.ts";
import { baseCase, forSupported, type KernelCheck } from "./supported-cases.ts";

const cases: readonly KernelCase[] = [
  ...maskKinds.map((mask): KernelCase => ({ ...baseCase, mask })),
  { ...baseCase, mask: "padding", bias: "relative, causal", dropout: { rate: 0.2, seed: 3 } },
  { ...baseCase, shape: { ...baseCase.shape, Q: 5 }, bias: "dense" },
  { ...baseCase, softCap: 3 },
];
const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Checks that keys and values which are infinite or NaN have no influence on queries that do not see them. */
export const checkOddKeys: KernelCheck = async (context) => {
  // Where reads stall, no kernel may look at numbers.
  if (activeTraits().reads === "stalling") return "not supported";
  return forSupported(context, cases, async (problem, one) => {
    const before = await outputOf(context.kernel, problem);
    const { B, H, Q, K } = one.shape;
    const size = before.length / (B * H * Q);
    for (const [index, k] of [1, 6, K - 1].entries()) {
      const changed = await outputOf(
        context.kernel,
        withOddKeys(problem, odd[index]!, (_b, _g, key) => key === k),
      );
      for (let row = 0; row < B * H * Q; row++) {
        const [q, h, b] = [row % Q, Math.floor(row / Q) % H, Math.floor(row / (Q * H))];
        if (problem.mask.visible(b, h, q, k)) continue;
        const range: [number, number] = [row * size, (row + 1) * size];
        const error = greatestError(changed.slice(...range), before.slice(...range));
        assertBelow(describeCase(one), error, context.tolerance.outputs);
      }
    }
    const unseen = withOddKeys(problem, Number.NaN, (b, g, k) => k > 0 && !isSeen(problem, one, [b, g, k]));
    const expected = await gradientsOf(context.kernel, problem);
    for (const [name, values] of Object.entries(await gradientsOf(context.kernel, unseen))) {
      const error = greatestError(values, expected[name]!);
      assertBelow(`${name} of ${describeCase(one)}`, error, context.tolerance.gradients);
    }
  });
};

type Place = readonly [b: number, g: number, k: number];

/** Tells whether any query of any head of a group sees a key. */
function isSeen({ mask }: CaseProblem, { shape: { H, G, Q } }: KernelCase, [b, g, k]: Place): boolean {
  const heads = Array.from({ length: H / G }, (_, head) => (g * H) / G + head);
  return heads.some((h) => Array.from({ length: Q }, (_, q) => mask.visible(b, h, q, k)).includes(true));
}

function withOddKeys(problem: CaseProblem, number: number, isOdd: (...place: Place) => boolean): CaseProblem {
  const change = ({ values, shape }: PlainTensor): PlainTensor => {
    const [, G, K, D] = shape as [number, number, number, number];
    const placeOf = (at: number): Place => [
      Math.floor(at / (D * K * G)),
      Math.floor(at / (D * K)) % G,
      Math.floor(at / D) % K,
    ];
    return { shape, values: values.map((value, at) => (isOdd(...placeOf(at)) ? number : value)) };
  };
  const { key, value } = problem.inputs;
  return { ...problem, inputs: { ...problem.inputs, key: change(key!), value: change(value!) } };
}
