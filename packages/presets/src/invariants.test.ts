import { type AttentionKernel, blockwise, reference } from "@trivium/attention";
import { simd } from "@trivium/backend-simd";
import { cpu } from "@trivium/backend-tfjs";
import type { Architecture } from "@trivium/model";
import { describeArchitecture } from "@trivium/model/testing";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { createRegistry } from "@trivium/registry";
import { presets } from "./index.ts";

const architectures: Architecture[] = createRegistry(presets)
  .list("architecture")
  .map(({ create }) => create);
const kernels: AttentionKernel[] = [reference(), blockwise({ blockQueries: 4, blockKeys: 3 })];
const backends = [cpu, simd].map(({ name, create }) => ({ backend: name, activate: () => create.activate() }));

/** The families of the field, as configurations of one model. */
const families = {
  "GPT-2 style": {},
  "T5 style": {
    positions: "t5",
    norm: "rms",
    activation: "geglu-tanh",
    biases: false,
    attentionScale: "none",
    scaleOutputs: true,
    initialisation: "t5",
    relativeBuckets: 4,
    relativeMaxDistance: 8,
  },
  "Llama style": {
    positions: "rotary",
    norm: "rms",
    activation: "swiglu",
    biases: false,
    tiedHead: false,
    keyValueHeads: 1,
  },
  "BART style": { normPlacement: "post", initialisation: "bart", positions: "sinusoidal", scaleEmbeddings: true },
  "positions that restart": { restartPositions: true },
  "ALiBi, dropout in training": { positions: "alibi", dropout: 0.1 },
} as const;

/** What only an encoder–decoder has. */
const controls = { "shared stacks": { sharedStacks: true }, "half depth": { layers: { source: 1, target: 1 } } };

const kinks = [
  { reason: "ReLU has kinks within the step of the differences", tests: ["gradients ≡ finite differences"] },
];

for (const on of backends) {
  for (const attention of kernels) {
    // Every family on every backend with the reference kernel; the other kernel matches it elsewhere, and here once.
    const configs = attention.name === "reference" ? families : { "GPT-2 style": {} };
    for (const architecture of architectures) {
      describeArchitecture(architecture, { ...on, attention, configs });
      const relu = { ReLU: { activation: "relu", positions: "none" } } as const;
      if (attention.name === "reference")
        describeArchitecture(architecture, { ...on, attention, configs: relu, skip: kinks });
    }
    describeArchitecture(encoderDecoder, { ...on, attention, configs: controls });
  }
}
