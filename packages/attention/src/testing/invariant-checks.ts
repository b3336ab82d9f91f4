import { TriviumError } from "@trivium/core";
import { causal, full, padding, prefix } from "@trivium/masks";
import { type Tensor4D, tf } from "@trivium/tensor";
import { assertThat } from "@trivium/tensor/testing/cases";
import type { AttentionRequest } from "../attention-kernel.ts";
import { assertBelow, assertSame } from "./assert-below.ts";
import { attentionInFloat64 } from "./attention-in-float64.ts";
import { type CaseProblem, caseProblem, type PlainTensor, uploadInputs } from "./case-problem.ts";
import { describeCase, type KernelCase, maskKinds } from "./kernel-case.ts";
import { gradientsOf, greatestError, outputOf } from "./run-case.ts";
import { baseCase, forSupported, type KernelCheck } from "./supported-cases.ts";

const everyMask = maskKinds.map((mask): KernelCase => ({ ...baseCase, mask }));

export const invariantChecks = {
  "supports answers true, or a reason with a code and a message": async ({ kernel }) => {
    for (const one of everyMask) {
      const answer = kernel.supports(caseProblem(one).needs);
      if (answer === true) continue;
      assertThat(typeof answer.code === "string" && answer.message.length > 0, `no reason: ${JSON.stringify(answer)}`);
    }
    return "checked";
  },

  "pitfalls 1 and 2: a row that sees nothing is zero, not NaN and not uniform, and gradients stay finite": (context) =>
    forSupported(context, emptyRowCases, async (problem, one) => {
      const output = await outputOf(context.kernel, problem);
      const { H, Q, K, D } = one.shape;
      output.forEach((value, at) => {
        const [q, h, b] = [Math.floor(at / D) % Q, Math.floor(at / (D * Q)) % H, Math.floor(at / (D * Q * H))];
        const sees = Array.from({ length: K }, (_, k) => problem.mask.visible(b, h, q, k)).includes(true);
        if (!sees) assertThat(value === 0, `${describeCase(one)}: expected 0, got ${value}`);
      });
      for (const [name, values] of Object.entries(await gradientsOf(context.kernel, problem))) {
        assertThat(values.every(Number.isFinite), `${name} of ${describeCase(one)} should be finite`);
      }
    }),

  "pitfall 3: logits far beyond the range of exp stay finite": (context) =>
    forSupported(
      context,
      [
        { ...baseCase, scale: 300 },
        { ...baseCase, mask: "prefix", scale: 300 },
      ],
      async (problem) => {
        const output = await outputOf(context.kernel, problem);
        assertThat(output.every(Number.isFinite), "large logits should give finite outputs");
        // Logits near 1000 keep an absolute error of about 1e-4 in float32.
        assertBelow("large logits", greatestError(output, attentionInFloat64(problem.plain(problem.inputs))), 2e-3);
      },
    ),

  "what a mask hides has no influence, to the bit": (context) =>
    forSupported(context, everyMask, async (problem, one) => {
      const { B, H, Q, K } = one.shape;
      for (const k of [0, 6, K - 1]) {
        const changed = await outputOf(context.kernel, withOtherKey(problem, k));
        const before = await outputOf(context.kernel, problem);
        const size = before.length / (B * H * Q);
        for (let row = 0; row < B * H * Q; row++) {
          const [q, h, b] = [row % Q, Math.floor(row / Q) % H, Math.floor(row / (Q * H))];
          if (problem.mask.visible(b, h, q, k)) continue;
          const range: [number, number] = [row * size, (row + 1) * size];
          assertSame(describeCase(one), changed.slice(...range), before.slice(...range));
        }
      }
    }),

  "pitfall 5: with an offset, one query after cached keys sees them all, and not only key 0": (context) => {
    const one: KernelCase = { ...baseCase, shape: { ...baseCase.shape, Q: 1, K: 8 }, mask: "causal, bottom right" };
    return forSupported(context, [one], async (problem) => {
      const output = await outputOf(context.kernel, problem);
      for (let k = 0; k < 8; k++) {
        const changed = await outputOf(context.kernel, withOtherKey(problem, k));
        assertThat(greatestError(changed, output) > 0, `the query should see key ${k}`);
      }
    });
  },

  "pitfall 8: full is not causal, where queries are as many as keys and where they are not": (context) => {
    const shapes = [baseCase.shape, { ...baseCase.shape, Q: 3 }];
    return forSupported(
      context,
      shapes.map((shape): KernelCase => ({ ...baseCase, shape, mask: "full" })),
      async (problem) => {
        const causally = { ...problem, request: (tensors: never) => ({ ...problem.request(tensors), mask: causal() }) };
        const apart = greatestError(await outputOf(context.kernel, problem), await outputOf(context.kernel, causally));
        assertThat(apart > 0.1, `full and causal masks give the same, but for ${apart}`);
      },
    );
  },

  "pitfall 18: the default scale is 1/√D, and 1 really is 1": (context) => {
    const values = (scale?: number) => ({ ...baseCase, mask: "full" as const, ...(scale && { scale }) });
    return forSupported(context, [values()], async (problem, { shape }) => {
      const byDefault = await outputOf(context.kernel, problem);
      const explicit = await outputOf(context.kernel, caseProblem(values(1 / Math.sqrt(shape.D))));
      assertBelow("the default scale", greatestError(byDefault, explicit), context.tolerance.outputs);
      const unscaled = await outputOf(context.kernel, caseProblem(values(1)));
      assertThat(greatestError(byDefault, unscaled) > 0.1, "a scale of 1 gives what the default gives");
    });
  },

  "what does not fit is refused with a code": async ({ kernel }) => {
    const { inputs, request } = caseProblem(baseCase);
    for (const [code, change] of misfits) {
      const attempt = () => tf.tidy(() => kernel.attend({ ...request(uploadInputs(inputs)), ...change() }));
      assertThat(codeOf(attempt) === code, `expected ${code}, got ${codeOf(attempt)}`);
    }
    return "checked";
  },

  "live tensors stay constant over 50 steps, and inputs stay alive": (context) =>
    forSupported(
      context,
      [{ ...baseCase, bias: "dense", dropout: { rate: 0.1, seed: 5 } }, baseCase],
      async (problem) => {
        const tensors = uploadInputs(problem.inputs);
        await gradientsOf(context.kernel, problem);
        const before = tf.memory().numTensors;
        for (let step = 0; step < 25; step++) {
          await gradientsOf(context.kernel, problem);
          context.kernel.attend(problem.request(tensors)).dispose();
        }
        const left = tf.memory().numTensors - before;
        assertThat(left === 0, `${left} tensors are left behind`);
        assertThat(!Object.values(tensors).some(({ isDisposed }) => isDisposed), "an input was disposed");
        tf.dispose(tensors);
      },
    ),
} satisfies Record<string, KernelCheck>;

const emptyRowCases: readonly KernelCase[] = (["some empty rows", "nothing", "left-padded", "not"] as const).flatMap(
  (mask) => [
    { ...baseCase, mask },
    { ...baseCase, mask, bias: "dense", dropout: { rate: 0.2, seed: 3 } },
  ],
);

/** The same problem with other numbers at key position `k`. */
function withOtherKey(problem: CaseProblem, k: number): CaseProblem {
  const change = ({ values, shape }: PlainTensor): PlainTensor => {
    const [, , K, D] = shape as [number, number, number, number];
    return { shape, values: values.map((value, at) => (Math.floor(at / D) % K === k ? 3 - 2 * value : value)) };
  };
  const { key, value } = problem.inputs;
  return { ...problem, inputs: { ...problem.inputs, key: change(key!), value: change(value!) } };
}

const zeros = (...shape: [number, number, number, number]): Tensor4D => tf.zeros(shape);

/** Codes, and changes to the base case's request that deserve them. */
const misfits: readonly (readonly [code: string, change: () => Partial<AttentionRequest>])[] = [
  ["attention/head-width", () => ({ query: zeros(2, 4, 13, 6) })],
  ["attention/shapes", () => ({ key: zeros(3, 2, 13, 5) })],
  ["attention/shapes", () => ({ value: zeros(2, 2, 12, 5) })],
  ["attention/grouped-heads", () => ({ query: zeros(2, 3, 13, 5) })],
  ["attention/mask-rows", () => ({ mask: prefix({ lengths: [1, 2, 3] }) })],
  ["attention/mask-rows", () => ({ mask: padding({ lengths: [4] }) })],
  ["attention/bias", () => ({ bias: { kind: "alibi", slopes: [1], queryPositions: [[0]], keyPositions: [[0]] } })],
  ["attention/dropout", () => ({ mask: full(), dropout: { rate: 1, seed: 0 } })],
];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return TriviumError.is(error) ? error.code : String(error);
  }
  return "nothing thrown";
}
