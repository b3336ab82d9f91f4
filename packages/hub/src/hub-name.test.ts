import fc from "fast-check";
import { expect, test } from "vitest";
import { readHubName } from "./hub-name.ts";

test.each([
  ["owner/name", { id: "owner/name" }],
  ["owner/name@v1.0", { id: "owner/name", revision: "v1.0" }],
  ["owner/name@refs/pr/3", { id: "owner/name", revision: "refs/pr/3" }],
  ["owner/name/model-q8.gguf@main", { id: "owner/name", file: "model-q8.gguf", revision: "main" }],
  ["hf:gpt2", { id: "gpt2" }],
  ["hf:owner/name", { id: "owner/name" }],
])("%s is a model of the hub", (text, name) => expect(readHubName(text)).toEqual(name));

test.each([
  "gpt2",
  "./owner/name",
  "../name",
  "/owner/name",
  "~/name",
  "owner/name/folder",
  "owner\\name",
  "owner/..",
  "C:/models",
  "",
])("%j is a path", (text) => expect(readHubName(text)).toBeUndefined());

test.each(["hf:", "hf:../x", "hf:a/b/c", "hf:owner/name@../../x", "owner/name@/etc", "owner/name@a/../b"])(
  "%s is refused",
  (text) => expect(() => readHubName(text)).toThrow(expect.objectContaining({ code: "hub/name" })),
);

test("no part of a name leads out of a folder", () => {
  const parts = fc.constantFrom("a", "b-c", "..", ".", "/", "\\", "@", "hf:", ".gguf", "//", "%2e", "~");
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (some) => {
      let name: ReturnType<typeof readHubName>;
      try {
        name = readHubName(some.join(""));
      } catch {
        return;
      }
      for (const part of Object.values(name ?? {}).flatMap((text) => text?.split("/") ?? []))
        expect(part).toMatch(/^(?!\.)[^/\\]+$/);
    }),
  );
});
