import { expect, test } from "vitest";
import { withSiblings } from "./tarballs.ts";
import { readWorkspace } from "./workspace.ts";

const workspace = readWorkspace();
const packedFor = (...names: string[]) => withSiblings(workspace, names).map(({ name }) => name);

test("a package is packed with all that it needs, however far, and nothing else", () => {
  expect(packedFor("@trivium/core")).toEqual(["@trivium/core"]);
  expect(packedFor("@trivium/masks")).toEqual(expect.arrayContaining(["@trivium/core", "@trivium/masks"]));
  expect(packedFor("@trivium/masks")).not.toContain("@trivium/tensor");
  expect(packedFor("trivium")).toEqual(expect.arrayContaining(["@trivium/core", "@trivium/backend-simd", "trivium"]));
  expect(() => packedFor("@trivium/mask")).toThrow("there is no package @trivium/mask; take one of");
});
