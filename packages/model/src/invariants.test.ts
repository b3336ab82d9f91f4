import "@tensorflow/tfjs-backend-cpu";
import { reference } from "@trivium/attention";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import { tf } from "@trivium/tensor";
import { describeArchitecture } from "./testing.ts";

const activate = async () => void (await tf.setBackend("cpu"));
const configs = {
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
  "ALiBi, dropout in training": { positions: "alibi", dropout: 0.1 },
} as const;
const kinks = [
  { reason: "ReLU has kinks within the step of the differences", tests: ["gradients ≡ finite differences"] },
];

for (const architecture of [causal, prefix, encoderDecoder]) {
  describeArchitecture(architecture, { attention: reference(), activate, backend: "cpu", configs });
  describeArchitecture(architecture, {
    attention: reference(),
    activate,
    backend: "cpu",
    configs: { ReLU: { activation: "relu", positions: "none" } },
    skip: kinks,
  });
}
describeArchitecture(encoderDecoder, {
  attention: reference(),
  activate,
  backend: "cpu",
  configs: { "shared stacks": { sharedStacks: true }, "half depth": { layers: { source: 1, target: 1 } } },
});
