import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { longestFiles } from "./longest-first.ts";
import { repositoryRoot } from "./workspace.ts";

test("every file that is named is there", () => {
  expect(longestFiles.filter((file) => !existsSync(join(repositoryRoot, file)))).toEqual([]);
});
