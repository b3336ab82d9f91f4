import { expect, test } from "vitest";
import { likelihood } from "./likelihood.ts";

test("a uniform guess over 8 tokens of 2 characters each costs 3 bits a token, 1.5 a character and 0.75 a byte", () => {
  const result = likelihood({ nats: 10 * Math.log(8), tokens: 10, characters: 20, bytes: 40 });
  expect(result.loss).toBeCloseTo(Math.log(8), 12);
  expect(result.perplexity).toBeCloseTo(8, 12);
  expect(result.bitsPerCharacter).toBeCloseTo(1.5, 12);
  expect(result.bitsPerByte).toBeCloseTo(0.75, 12);
});

test("pitfall 25: no token at all is a loss of 0, not a division by zero", () => {
  expect(likelihood({ nats: 0, tokens: 0, characters: 0, bytes: 0 })).toEqual({
    loss: 0,
    perplexity: 1,
    bitsPerCharacter: 0,
    bitsPerByte: 0,
    tokens: 0,
  });
});
