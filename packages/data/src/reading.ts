import type { Dataset, Reading } from "./dataset.ts";

const count = (number: number, one: string): string =>
  `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

/**
 * Returns sentences for people about what was read: lines, examples, references, and whatever was passed over.
 *
 * @example describeReading(await fileDataset({ path: "pairs.tsv" }))
 *   // => ["240 lines → 8 examples (6 to train on) → 240 references", "232 pairs repeat …"]
 */
export function describeReading({ reading, stream, train, validation, test }: DatasetParts): string[] {
  if (!reading) return [...(stream?.notes ?? [])];
  const { lines, blank, references, repeated, training, ignored, doubts } = reading;
  const examples = count(train.length + validation.length + test.length, "example");
  const said = [count(lines, "line"), `${examples} (${train.length.toLocaleString("en")} to train on)`];
  if (references > 0) said.push(count(references, "reference"));
  const sentences = [said.join(" → ")];
  if (repeated > 0) sentences.push(repetition(repeated, training));
  if (blank > 0) sentences.push(`${count(blank, "empty line")} passed over`);
  if (ignored.length > 0) sentences.push(`fields passed over: ${ignored.join(", ")}`);
  return [...sentences, ...doubts.map((doubt) => `warning: ${doubt}`)];
}

type DatasetParts = Pick<Dataset, "reading" | "stream" | "train" | "validation" | "test">;

function repetition(repeated: number, training: Reading["training"]): string {
  const pairs =
    repeated === 1 ? "1 pair repeats an earlier source" : `${count(repeated, "pair")} repeat earlier sources`;
  return training === "all"
    ? `${pairs}: each one is trained on`
    : `${pairs}: a source is trained on with its first target, the others are references; --repeated all trains on each`;
}
