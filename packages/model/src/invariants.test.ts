import type { Architecture } from "./architecture.ts";
import { families, kernels, onCpu, onPoisoned } from "./testing/families.ts";
import { causal, describeArchitecture, encoderDecoder, prefix } from "./testing.ts";

const architectures: readonly Architecture[] = [causal, prefix, encoderDecoder];

/** `pnpm check:long` counts live tensors over more steps, and moves each parameter alone. */
const thorough = process.env.TRIVIUM_LONG ? { steps: 50, together: 1 } : {};

/** What only a single stream has. */
const ofOneStream = { "positions that restart": { positions: { kind: "learned", restart: true } } };

/** What only an encoder–decoder has. */
const controls = { "shared stacks": { sharedStacks: true }, "half depth": { layers: { source: 1, target: 1 } } };

const kinks = [
  { reason: "ReLU has kinks within the step of the differences", tests: ["gradients ≡ finite differences"] },
];

/**
 * Every configuration runs on the plainest ops and on the fastest. Elsewhere one is enough: a family reaches a kernel only by
 * mask, bias, scale, grouped heads and dropout, and under each of them the kernel is held to attention in float64, to
 * the reference's gradients and, where a mask hides, to the bit, in `blockwise.test.ts`, `fused.test.ts` and
 * `kernels-on-simd.test.ts` of the package of attention.
 */
const whole = ["reference on cpu", "fused on simd-poisoned"];

for (const on of [onCpu, onPoisoned]) {
  for (const attention of Object.values(kernels)) {
    // The slow backend has no fused attention.
    if (on.backend === "cpu" && attention.name === "fused") continue;
    const isWhole = whole.includes(`${attention.name} on ${on.backend}`);
    for (const architecture of architectures) {
      const own = architecture.streams.length === 1 ? ofOneStream : controls;
      const configs = isWhole ? { ...families, ...own } : { "GPT-2 style": {} };
      describeArchitecture(architecture, { ...on, ...thorough, attention, configs });
      const relu = { ReLU: { activation: "relu", positions: "none" } } as const;
      if (attention.name === "reference") {
        describeArchitecture(architecture, { ...on, ...thorough, attention, configs: relu, skip: kinks });
      }
    }
  }
}
