import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const cwd = fileURLToPath(new URL("..", import.meta.url));
const output = execFileSync(process.execPath, ["--conditions=@trivium/source", "main.ts"], { cwd, encoding: "utf8" });

/** The rows of a drawing between two lines of the output. */
const below = (title: string) => output.slice(output.indexOf(title)).split("\n").slice(1);

test("causal and prefix differ in the prefix alone", () => {
  const rows = below("causal   prefix")
    .slice(1, 8)
    .map((line) => line.match(/[█·]+/g));
  const [m, n] = [4, 7];
  rows.forEach((pair, q) => {
    const causal = "█".repeat(q + 1).padEnd(n, "·");
    const prefix = "█".repeat(Math.max(m, q + 1)).padEnd(n, "·");
    expect(pair).toEqual([causal, prefix]);
  });
});

test("the three masks of the encoder-decoder, and the own one", () => {
  const squares = below("encoder-decoder:").slice(1, 5);
  expect(squares.map((line) => line.match(/[█·]+/g)?.join(" "))).toEqual([
    "████ ████ █··",
    "████ ████ ██·",
    "████ ████ ███",
    "████",
  ]);
  expect(
    below("causal & (window")
      .slice(1, 8)
      .map((line) => line.slice(-7)),
  ).toEqual(["█······", "██·····", "███····", "█·██···", "█··██··", "█··███·", "█··█·██"]);
});

test("an encoder-decoder shows as many pairs as a prefix model: n(n+1)/2 + m(m−1)/2", () => {
  const pairs = JSON.parse(/visible pairs: (.*)/.exec(output)?.[1] ?? "{}");
  expect(pairs).toMatchObject({ causal: 28, prefix: 34, encoderDecoder: 34 });
});
