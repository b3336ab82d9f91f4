/** Writes `docs/parity.md`: `TRIVIUM_CHECKPOINTS=FOLDER pnpm parity-docs`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simd } from "@trivium/backend-simd";
import { disposeTree } from "@trivium/tensor";
import { openForTest } from "../src/testing/open-model.ts";
import { differencesOfPrefix, differencesOfStates, differencesOfTraining, expectedOf } from "../src/testing/parity.ts";
import { measureCheckpoint, realCheckpoints } from "../src/testing/real-checkpoints.ts";

const fixtures = new URL("../fixtures", import.meta.url).pathname;
const evidence = new URL("../../../scripts/reference/fixtures/export.json", import.meta.url);

await simd.activate();
const digits = (value: number | undefined): string => (value === undefined ? "" : value.toExponential(1));

async function rowOf(name: string) {
  const folder = join(fixtures, name);
  const expected = expectedOf(folder);
  const opened = await openForTest(folder);
  const { logits, states } = await differencesOfStates(opened, expected);
  const { loss, tensors } = await differencesOfTraining(opened, folder, expected);
  const prefixed = await differencesOfPrefix(folder, expected);
  disposeTree(opened.parameters);
  // A gradient that is zero there, as that of the keys' biases, has no relative error.
  const relative = Math.max(...tensors.map(({ error, greatest }) => (greatest > 1e-6 ? error / greatest : 0)));
  return { name, logits, states: Math.max(...states), loss, relative, prefixed: prefixed[0] };
}

const rows: Awaited<ReturnType<typeof rowOf>>[] = [];
for (const name of readdirSync(fixtures)) rows.push(await rowOf(name));
const worst = (of: (row: (typeof rows)[number]) => number | undefined): string =>
  digits(Math.max(...rows.map((row) => of(row) ?? 0)));

const root = process.env.TRIVIUM_CHECKPOINTS ?? "";
const real: string[] = [];
for (const name of realCheckpoints) {
  if (!existsSync(join(root, name, "model.safetensors"))) {
    console.error(`${name} is left out: ${root} holds no weights of it`);
    continue;
  }
  const { logits, compared, greedy } = await measureCheckpoint(join(root, name));
  real.push(`| ${name} | ${digits(logits)} | ${compared} | ${greedy.same} of ${greedy.tokens} |`);
}

interface Exported {
  readonly versions: Readonly<Record<string, string>>;
  readonly models: readonly { readonly name: string; readonly class: string; readonly worst: number }[];
}
const exported = JSON.parse(readFileSync(evidence, "utf8")) as Exported;

writeFileSync(
  new URL("../../../docs/parity.md", import.meta.url),
  `# Numbers beside the reference's

Greatest absolute differences from Hugging Face transformers in float32 (gradients: relative to the greatest value of the
tensor's gradient), on the backend \`simd\`. Written by \`TRIVIUM_CHECKPOINTS=FOLDER pnpm parity-docs\`; the tests of
\`@trivium/pretrained\` hold every number to its bound, and greedy and beam answers to the reference's token for token.

## Random checkpoints of every corner

| fixture | logits | states | loss | gradients | logits, prefix mask |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.name} | ${[row.logits, row.states, row.loss, row.relative, row.prefixed].map(digits).join(" | ")} |`).join("\n")}
| **worst** | ${[worst((row) => row.logits), worst((row) => row.states), worst((row) => row.loss), worst((row) => row.relative), worst((row) => row.prefixed)].join(" | ")} |
| bound | 1e-4 | 1e-4 | 1e-5 | 1e-4 | 1e-4 |

The expected digits are rounded to eight places. Made by \`scripts/reference/make_fixtures.py\`.

## Real checkpoints

| checkpoint | logits | compared | greedy tokens |
| --- | --- | --- | --- |
${real.join("\n")}

BART's weights are in the public repository mlalma/MisakiSwift, and not with the others.

## Back out

What \`trivium export\` writes, loaded by transformers ${exported.versions.transformers} on PyTorch ${exported.versions.torch}, against the same
program with the original folder: no missing and no unexpected key. Made by \`scripts/reference/check_export.py\`.

| exported | class there | logits |
| --- | --- | --- |
${exported.models.map((model) => `| ${model.name} | ${model.class} | ${digits(model.worst)} |`).join("\n")}
`,
);
