import { expect, test } from "vitest";
import { parseBytes } from "./parse-bytes.ts";

test.each([
  ["4096", 4096],
  ["500MB", 5e8],
  ["1.5 gb", 1.5e9],
  ["7B", 7],
])("%s is %d bytes", (text, bytes) => expect(parseBytes("shard-size", text)).toBe(bytes));

test.each(["", "0", "0GB", "-1MB", "5GiB", "many", "1e9"])("%j is refused with what is taken", (text) => {
  expect(() => parseBytes("shard-size", text)).toThrow(/^--shard-size is a number of bytes, as 500MB or 2GB; got /);
});
