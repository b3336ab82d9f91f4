/**
 * The peer of `trivium bench first-token`, by @huggingface/transformers: prints the first token of an answer, and ends.
 *
 * Usage: node transformers_first_token.mjs JSON, with folder (a model with its onnx/ of onnx_export.py), package (the entry of
 * @huggingface/transformers), dtype (fp32 or q8) and prompt.
 */
import { enableCompileCache } from "node:module";
import { basename, dirname } from "node:path";

enableCompileCache?.();
const { folder, dtype, prompt, ...settings } = JSON.parse(process.argv[2]);
const { AutoModelForCausalLM, AutoTokenizer, env, TextStreamer } = await import(settings.package);
env.allowRemoteModels = false;
env.localModelPath = `${dirname(folder)}/`;
const name = basename(folder);
const [tokenizer, model] = await Promise.all([
  AutoTokenizer.from_pretrained(name),
  AutoModelForCausalLM.from_pretrained(name, { dtype, device: "cpu" }),
]);
// As a token is chosen: texts would wait for the end of a word.
let shown = false;
const show = ([id]) => {
  if (!shown) process.stdout.write(tokenizer.decode([Number(id)]) || "\n");
  shown = true;
};
const streamer = new TextStreamer(tokenizer, {
  skip_prompt: true,
  callback_function: () => {},
  token_callback_function: show,
});
await model.generate({ ...tokenizer(prompt), max_new_tokens: 2, do_sample: false, streamer });
process.exit(0);
