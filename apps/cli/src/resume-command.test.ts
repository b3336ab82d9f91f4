import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { resumeCommand } from "./resume-command.ts";
import { typedCommand } from "./typed-command.ts";

test("the folder and --resume are added where they were not typed", () => {
  const typed = ["train", "--data", "words.tsv"];
  expect(resumeCommand(typed, "runs/a")).toBe("trivium train --data words.tsv --resume --out runs/a");
  expect(resumeCommand([...typed, "--out", "b", "--resume"], "b")).toBe(
    "trivium train --data words.tsv --out b --resume",
  );
  expect(resumeCommand([...typed, "--out=b"], "b")).toBe("trivium train --data words.tsv --out=b --resume");
});

test("a shell reads back the very words that were typed", () => {
  const word = fc
    .oneof(fc.string(), fc.constantFrom("it's", "$HOME", "a b", "`ls`", '"', "\\", "*", "-x", ""))
    .filter((text) => !/[\0\n\r\ud800-\udfff]/.test(text));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const script = typedCommand(words).replace(/^trivium/, String.raw`printf '%s\n'`);
      const read = execFileSync("sh", ["-c", script]).toString();
      expect(read).toBe(words.map((one) => `${one}\n`).join(""));
    }),
    { numRuns: 40 },
  );
});
