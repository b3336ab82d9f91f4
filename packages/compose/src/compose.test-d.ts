import { reference } from "@trivium/attention";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { causalLm, seq2seq } from "@trivium/objectives";
import { compose } from "./compose.ts";

const [config, attention] = [{ vocabulary: 8 }, reference()];
compose({ architecture: causal, objective: causalLm(), config, attention });
compose({ architecture: encoderDecoder, objective: seq2seq(), config, attention });
// @ts-expect-error an encoder-decoder runs other streams than causal-lm makes
compose({ architecture: encoderDecoder, objective: causalLm(), config, attention });
// @ts-expect-error a causal model has no source stream
compose({ architecture: causal, objective: seq2seq(), config, attention });
