import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { characterPlugin, createCharacterTokenizer } from "./character.ts";
import { reservedSpecials } from "./reserved-specials.ts";
import { describeTokenizer } from "./testing.ts";

const unknown = reservedSpecials().unknown as number;

describeTokenizer("character", {
  tokenizer: createCharacterTokenizer({ corpus: ["hello wörld", "😀\n"] }),
  fromJson: (json) => characterPlugin.create(json as never),
  lossless: ["hello", "wörld 😀", "\n\n"],
});

test("every text survives the round trip through the alphabet found in it, and through JSON", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", minLength: 1 }), { minLength: 1 }), (corpus) => {
      const learned = createCharacterTokenizer({ corpus });
      const again = characterPlugin.create(JSON.parse(JSON.stringify(learned.toJson())));
      for (const text of corpus) {
        expect(learned.decode(learned.encode(text))).toBe(text);
        expect(again.encode(text)).toEqual(learned.encode(text));
        expect(learned.encode(text)).toHaveLength([...text].length);
        expect(learned.encode(text)).not.toContain(unknown);
      }
    }),
  );
});

test("the alphabet does not depend on the order of the corpus", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (corpus) => {
      const forwards = createCharacterTokenizer({ corpus }).toJson();
      expect(createCharacterTokenizer({ corpus: [...corpus].reverse() }).toJson()).toEqual(forwards);
    }),
  );
});

test("a character outside the alphabet is unknown, whatever its plane", () => {
  const abc = createCharacterTokenizer({ alphabet: ["a", "b", "c"] });
  expect(abc.encode("a😀c")).toEqual([5, unknown, 7]);
  expect(abc.decode(abc.encode("a😀c"))).toBe("a\uFFFDc");
});

const refused: [string, unknown, string][] = [
  ["nothing", {}, "give either alphabet"],
  ["both", { alphabet: ["a"], corpus: ["a"] }, "give either alphabet"],
  ["an empty alphabet", { alphabet: [] }, "the alphabet holds no token"],
  ["an empty corpus", { corpus: ["", ""] }, "the corpus holds no token"],
  ["a longer string", { alphabet: ["a", "bc"] }, '"bc" is not one token'],
  ["an empty string", { alphabet: [""] }, '"" is not one token'],
  ["a repetition", { alphabet: ["a", "b", "a"] }, 'has "a" twice'],
];
test.each(refused)("%s is refused", (_, options, message) => {
  try {
    createCharacterTokenizer(options as never);
    expect.unreachable();
  } catch (error) {
    expect(TriviumError.is(error, "text/alphabet")).toBe(true);
    expect((error as Error).message).toContain(message);
  }
});

test("the plugin's schema names a field that is wrong or unknown", () => {
  const issues = (options: unknown) => {
    const result = characterPlugin.schema?.["~standard"].validate(options) as { issues?: { message: string }[] };
    return result.issues?.map(({ message }) => message).join();
  };
  expect(issues({ name: "character", alphabet: ["a"] })).toBeUndefined();
  expect(issues({ corpus: "abc" })).toContain("expected a list of texts");
  expect(issues({ letters: ["a"] })).toContain("letters");
});
