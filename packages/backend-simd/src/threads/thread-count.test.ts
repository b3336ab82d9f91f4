import { availableParallelism } from "node:os";
import { afterEach, expect, test } from "vitest";
import { createSimdBackend } from "../index.ts";
import { threadCount } from "./thread-count.ts";

const before = process.env.TRIVIUM_THREADS;
afterEach(() => {
  if (before === undefined) delete process.env.TRIVIUM_THREADS;
  else process.env.TRIVIUM_THREADS = before;
});

test("the option goes before the environment, and without either there is one thread for each core", () => {
  process.env.TRIVIUM_THREADS = "3";
  expect(threadCount(2)).toBe(2);
  expect(threadCount()).toBe(3);
  delete process.env.TRIVIUM_THREADS;
  expect(threadCount()).toBe(Math.min(availableParallelism(), 32));
});

test.for(["0", "2.5", "many", "-1", "129"])("TRIVIUM_THREADS=%s is refused in words", (text) => {
  process.env.TRIVIUM_THREADS = text;
  expect(() => threadCount()).toThrow(`TRIVIUM_THREADS should be a whole number from 1 to 128, got ${text}`);
});

test("an option that is no number of threads is refused", () => {
  expect(() => threadCount(0)).toThrow("threads should be a whole number from 1 to 128, got 0");
});

test("a backend says so when it is activated, and then works with a number", async () => {
  const simd = createSimdBackend({ name: "simd-thread-count" });
  process.env.TRIVIUM_THREADS = "all";
  await expect(simd.activate()).rejects.toThrow("TRIVIUM_THREADS should be a whole number");
  process.env.TRIVIUM_THREADS = "1";
  await simd.activate();
  expect(simd.use().threads).toBe(1);
});
