/**
 * ONNX Runtime's peer of `trivium bench answers`: a source encoded, and an answer decoded greedily.
 *
 * Usage: node onnx_answers.mjs JSON, with folder (of onnx_export_answers.py), package (the entry of onnxruntime-node),
 * precision (f32 or q8), source, tokens, layers and threads. Says when it is ready; then gives as many answers as each line
 * of standard input says, and prints their seconds.
 */
import { createInterface } from "node:readline";

const { folder, precision, source, tokens, layers, threads, ...settings } = JSON.parse(process.argv[2]);
const { InferenceSession, Tensor } = (await import(settings.package)).default;
const options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
const suffix = precision === "q8" ? "_quantized" : "";
const [encoder, decoder] = await Promise.all(
  ["encoder", "decoder"].map((part) => InferenceSession.create(`${folder}/${part}${suffix}.onnx`, options)),
);

const ids = (length) => new Tensor("int64", new BigInt64Array(length).fill(1n), [1, length]);
const names = Array.from({ length: layers }, (_, layer) => [`${layer}.key`, `${layer}.value`]).flat();
const nothing = (like) => new Tensor("float32", new Float32Array(0), [1, like.dims[1], 0, like.dims[3]]);

async function answer() {
  const crossed = await encoder.run({ input_ids: ids(source) });
  let past = Object.fromEntries(names.map((name) => [`past.${name}`, nothing(crossed[`cross.${name}`])]));
  for (let token = 0; token < tokens; token++) {
    const { logits, ...presents } = await decoder.run({ input_ids: ids(1), ...crossed, ...past });
    if (logits.data.length === 0) throw new Error("there are no logits");
    past = Object.fromEntries(names.map((name) => [`past.${name}`, presents[`present.${name}`]]));
  }
}

process.stdout.write(`${JSON.stringify({ peer: "onnxruntime-node" })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  for (let time = 0; time < Number(line); time++) await answer();
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
}
process.exit(0);
