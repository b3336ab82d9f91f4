import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const readme = readFileSync(new URL("../../../packages/tensor/README.md", import.meta.url), "utf8");

// Here and not in packages/tensor, which cannot depend on a backend.
test("the example of @trivium/tensor that needs a backend prints what it says", () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const options = ["--conditions=@trivium/source", "--input-type=module", "--eval", code];
  const printed = execFileSync(process.execPath, options, { cwd, encoding: "utf8" }).trim().split("\n");
  expect(printed).toEqual(["11", "[ 3, 4 ]", "[ 'idle' ]"]);
});
