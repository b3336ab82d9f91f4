import { reference } from "@trivium/attention";
import { UnsupportedError } from "@trivium/core";
import type { Architecture } from "@trivium/model";
import { causal } from "@trivium/model-causal";
import { encoderDecoder } from "@trivium/model-encoder-decoder";
import { prefix } from "@trivium/model-prefix";
import type { ArmContext } from "../framework/claim.ts";

const architectures = new Map<string, Architecture>(
  [causal, prefix, encoderDecoder].map((one) => [one.name, one as Architecture]),
);

/** The context of arms of a claim that reads no dataset. */
export const withoutData: ArmContext = {
  architecture: (name) => architectures.get(name) as Architecture,
  attention: reference(),
  dataset: () => Promise.reject(new UnsupportedError("test/data", "this claim needs no data")),
};
