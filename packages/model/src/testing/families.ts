import { blockwise, fused, reference } from "@trivium/attention";
import { createSimdBackend } from "@trivium/backend-simd";
import { cpu } from "@trivium/backend-tfjs";

/** The attention kernels that every family runs on. */
export const kernels = {
  reference: reference(),
  blockwise: blockwise({ blockQueries: 4, blockKeys: 3 }),
  fused: fused(),
};

const poisoned = createSimdBackend({ name: "simd-poisoned", poison: true });

/** The plain backend, and one whose fresh memory holds NaN: what reads before it writes shows. */
export const [onCpu, onPoisoned] = [cpu, poisoned].map((on) => ({
  backend: on.name,
  activate: () => on.activate(),
})) as [DescribedBackend, DescribedBackend];

interface DescribedBackend {
  readonly backend: string;
  readonly activate: () => Promise<void>;
}

/** The families of the field, as configurations of one model. */
export const families = {
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
