import { reference } from "@trivium/attention";
import { encodeSafetensors } from "@trivium/checkpoint";
import { createModel } from "@trivium/model";
import { prefix } from "@trivium/model-prefix";
import { flattenSpecs } from "@trivium/tensor";
import { createSharedPair, createSymbolTokenizer } from "@trivium/text";

/** A file as Playwright chooses it in a page. */
export interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const mimeType = "application/octet-stream";

/** A checkpoint of ours as two files: an untrained prefix model over a few letters. */
export function ownCheckpoint(length = 12): [weights: ChosenFile, config: ChosenFile] {
  const tokenizer = createSharedPair(createSymbolTokenizer({ alphabet: ["5", "7", "9"] }));
  const model = { width: 8, layers: 1, heads: 2 };
  const config = { ...model, vocabulary: tokenizer.size, length };
  const { specs } = createModel({ architecture: prefix, config, attention: reference() });
  const arrays = Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => {
    const data = Float32Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, at) => Math.sin(at));
    return [path, { dtype: "F32", shape, data }] as const;
  });
  const recipe = { architecture: "prefix", model };
  const written = { recipe, task: "pairs", tokenizer: tokenizer.toJson(), model: config };
  const bytes = encodeSafetensors(Object.fromEntries(arrays));
  return [
    { name: "model.safetensors", mimeType, buffer: Buffer.from(bytes) },
    { name: "config.json", mimeType, buffer: Buffer.from(JSON.stringify(written)) },
  ];
}
