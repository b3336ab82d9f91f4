import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problemFieldsSource } from "../../../scripts/problem-fields-source.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test("the fields that the backend writes are those that the kernels read: else run `pnpm generate`", () => {
  expect(read("./problem-fields.ts")).toBe(problemFieldsSource(read("../../../assembly/attention/problem.ts")));
});
