/** A causal checkpoint, read causally and through a prefix mask, on the same prompt. */
import { disposeTree, openModel, streamText, TriviumError } from "trivium/node";

const [place, prompt = "Once upon a time", tokens = "40"] = process.argv.slice(2);
if (place === undefined) {
  console.error('npm start -- MODEL "a prompt" [tokens]: a folder, a .gguf file, or a model of the hub (owner/name)');
  process.exit(2);
}

try {
  for (const architecture of ["causal", "prefix"]) {
    const model = await openModel(place, { architecture });
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
