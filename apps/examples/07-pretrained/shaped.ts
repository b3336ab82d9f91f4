/** An answer that matches a pattern: a regular expression as a logits processor of one's own. */
import { disposeTree, openModel, streamText, TriviumError } from "trivium/node";
import { matching } from "./matching.ts";

const [place, prompt, ...characters] = process.argv.slice(2);
if (place === undefined || prompt === undefined || characters.length === 0) {
  console.error(
    String.raw`npm run shaped -- MODEL "It is a quarter to" " " "\d" ":" "\d" "\d": a pattern of each character`,
  );
  process.exit(2);
}

try {
  const model = await openModel(place);
  const processors = [matching(characters, model.tokenizer)];
  process.stdout.write(prompt);
  for await (const text of streamText(model, prompt, { processors })) process.stdout.write(text);
  process.stdout.write("\n");
  disposeTree(model.parameters);
} catch (error) {
  if (!TriviumError.is(error)) throw error;
  console.error(error.message);
  process.exit(2);
}
