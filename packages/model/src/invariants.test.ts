import { type AttentionKernel, blockwise, fused, reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { cpu } from "@trivium/backend-tfjs";
import type { Architecture } from "./architecture.ts";
import { causal, describeArchitecture, encoderDecoder, prefix } from "./testing.ts";

const architectures: readonly Architecture[] = [causal, prefix, encoderDecoder];
const kernels: AttentionKernel[] = [reference(), blockwise({ blockQueries: 4, blockKeys: 3 }), fused()];

/** Fresh memory of this one holds NaN: what reads before it writes shows. */
const poisoned = createSimdBackend({ name: "simd-poisoned", poison: true });
const backends = [cpu, poisoned].map((on) => ({ backend: on.name, activate: () => on.activate() }));

/** The families of the field, as configurations of one model. */
const families = {
  "GPT-2 style": {},
  "T5 style": {
    positions: { kind: "t5", buckets: 4, maxDistance: 8 },
    norm: "rms",
    activation: "geglu-tanh",
    biases: false,
    attention: { scale: "none" },
    scaleOutputs: true,
    initialisation: "t5",
  },
  "Llama style": {
    positions: "rotary",
    norm: "rms",
    activation: "swiglu",
    biases: false,
    head: { tied: false },
    keyValueHeads: 1,
  },
  "BART style": { norm: { placement: "post" }, initialisation: "bart", positions: "sinusoidal", scaleEmbeddings: true },
  "ALiBi, dropout in training": { positions: "alibi", dropout: 0.1 },
  "Qwen and Gemma style": {
    positions: { kind: "rotary", fraction: 0.5, interleaved: true },
    norm: { kind: "rms", unitOffset: true },
    embeddingNorm: true,
    biases: { queryKeyValue: true },
    attention: { queryKeyNorm: true },
    head: { bias: true, softCap: 5 },
  },
} as const;

/** `pnpm check:long` counts live tensors over more steps. */
const steps = process.env.TRIVIUM_LONG ? 50 : undefined;

/** What only a single stream has. */
const ofOneStream = { "positions that restart": { positions: { kind: "learned", restart: true } } };

/** What only an encoder–decoder has. */
const controls = { "shared stacks": { sharedStacks: true }, "half depth": { layers: { source: 1, target: 1 } } };

const kinks = [
  { reason: "ReLU has kinks within the step of the differences", tests: ["gradients ≡ finite differences"] },
];

/**
 * Every family runs on the plainest ops and on the fastest. Elsewhere one is enough: a family reaches a kernel only by
 * mask, bias, scale, grouped heads and dropout, and under each of them the kernel is held to attention in float64, to
 * the reference's gradients and, where a mask hides, to the bit, in `blockwise.test.ts`, `fused.test.ts` and
 * `kernels-on-simd.test.ts` of the package of attention.
 */
const whole = ["reference on cpu", "fused on simd-poisoned"];

for (const on of backends) {
  for (const attention of kernels) {
    // The slow backend has no fused attention.
    if (on.backend === "cpu" && attention.name === "fused") continue;
    const configs = whole.includes(`${attention.name} on ${on.backend}`) ? families : { "GPT-2 style": {} };
    for (const architecture of architectures) {
      const own = architecture.streams.length === 1 ? ofOneStream : controls;
      describeArchitecture(architecture, { ...on, attention, configs: { ...configs, ...own }, steps });
      const relu = { ReLU: { activation: "relu", positions: "none" } } as const;
      if (attention.name === "reference") {
        describeArchitecture(architecture, { ...on, attention, configs: relu, skip: kinks });
      }
    }
  }
}
