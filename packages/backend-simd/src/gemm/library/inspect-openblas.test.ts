import { expect, test } from "vitest";
import { inspectOpenblas } from "./inspect-openblas.ts";
import type { KoffiLibrary } from "./koffi.ts";

/** A library that answers by the name of the function. */
const answering = (answers: Readonly<Record<string, unknown>>): KoffiLibrary => ({
  func: (prototype) => () => answers[/(\w+)\(/.exec(prototype)![1]!],
});
const config = (core: string, more = "") => `OpenBLAS 0.3.21 NO_LAPACKE ${more} DYNAMIC_ARCH ${core} MAX_THREADS=64`;
const library = (core: string, more?: string, parallel = 1) =>
  answering({
    openblas_get_config: config(core, more),
    openblas_get_corename: core,
    openblas_get_parallel: parallel,
  });

test("the version names the code that was picked, and each thread multiplies alone", () => {
  expect(inspectOpenblas(library("SkylakeX"), "")).toEqual({
    version: "0.3.21 SkylakeX",
    setUp: [{ prototype: "void openblas_set_num_threads(int)", values: [1] }],
  });
});

test.each(["Prescott", "Nehalem", "Core2"])("a library that multiplies as on a %s is slow", (core) => {
  expect(inspectOpenblas(library(core), "")).toHaveProperty("slow", expect.stringContaining(core));
});

test.each(["Haswell", "Zen", "SapphireRapids", "ARMV8", "NeoverseN1", "VORTEX"])("one for %s is not", (core) => {
  expect(inspectOpenblas(library(core), "")).toHaveProperty("slow", undefined);
});

test("a build with other sizes, or that may not be called from several threads, is refused with the reason", () => {
  expect(inspectOpenblas(library("Zen", "USE64BITINT"), "")).toBe("it was built with 64-bit sizes");
  expect(inspectOpenblas(library("Zen", "", 0), "")).toContain("without threads");
});
