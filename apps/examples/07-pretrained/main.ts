/** A causal checkpoint, read causally and through a prefix mask, on the same prompt. */
import { disposeTree, openFolder, streamText, TriviumError } from "trivium/node";

const [folder, prompt = "Once upon a time", tokens = "40"] = process.argv.slice(2);
if (folder === undefined) {
  console.error('npm start -- FOLDER "a prompt" [tokens]: the folder holds config.json, safetensors and a tokenizer');
  process.exit(2);
}

try {
  for (const architecture of ["causal", "prefix"]) {
    const model = await openFolder(folder, { architecture });
    for (const warning of model.warnings) console.error(`note: ${warning}`);
    process.stdout.write(`${architecture.padEnd(8)}${prompt}`);
    for await (const text of streamText(model, prompt, { tokens: Number(tokens) })) process.stdout.write(text);
    process.stdout.write("\n");
    disposeTree(model.parameters);
  }
} catch (error) {
  if (!TriviumError.is(error)) throw error;
  console.error(error.message);
  process.exit(2);
}
