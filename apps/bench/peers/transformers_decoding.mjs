/**
 * ONNX Runtime's peer of `trivium bench decoding`, by @huggingface/transformers: a token against cached keys.
 *
 * Usage: node transformers_decoding.mjs JSON, with folder (of onnx_export.py), package (the entry of
 * @huggingface/transformers), dtype (fp32 or q8), keys, tokens and threads. Says when it is ready; then runs as many tokens
 * as each line of standard input says, and prints their seconds. After `tokens` tokens the cache goes back to the prompt.
 */
import { basename, dirname } from "node:path";
import { createInterface } from "node:readline";

const settings = JSON.parse(process.argv[2]);
const { keys, tokens, threads, dtype, folder } = settings;
const { AutoModelForCausalLM, DynamicCache, env, Tensor } = await import(settings.package);
env.allowRemoteModels = false;
env.localModelPath = `${dirname(folder)}/`;
const session_options = { intraOpNumThreads: threads, interOpNumThreads: 1 };
const model = await AutoModelForCausalLM.from_pretrained(basename(folder), { dtype, device: "cpu", session_options });

const ones = (length) => new Tensor("int64", new BigInt64Array(length).fill(1n), [1, length]);
const step = (length, past_key_values) =>
  model({ input_ids: ones(length - held(past_key_values)), attention_mask: ones(length), past_key_values });
const held = (past) => (past ? past["past_key_values.0.key"].dims[2] : 0);
const presents = (outputs) =>
  new DynamicCache(
    Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name.startsWith("present"))
        .map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
    ),
  );

const prompt = presents(await step(keys));
let [run, past] = [0, prompt];
process.stdout.write(`${JSON.stringify({ peer: `@huggingface/transformers ${env.version}` })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  for (let time = 0; time < Number(line); time++) {
    if (run === tokens) [run, past] = [0, prompt];
    past = presents(await step(keys + run + 1, past));
    run += 1;
  }
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
}
process.exit(0);
