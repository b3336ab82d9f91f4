import { expect, test } from "vitest";
import { loadRegistry } from "./load-registry.ts";
import { metricsOf } from "./metrics-of.ts";
import { parseOptions } from "./parse-options.ts";

const registry = await loadRegistry([]);
const prepare = (names: readonly string[], options?: Readonly<Record<string, unknown>>, decoded = 10) =>
  metricsOf({ names, options }, { registry, task: "pairs", decoded });

test("a metric takes options of its own, which stand in its signature", () => {
  const signatureOf = (options?: Readonly<Record<string, unknown>>) => prepare(["chrf"], options)[0]?.signature([]);
  expect(signatureOf({ chrf: { wordOrder: 2 } })).not.toBe(signatureOf());
  expect(signatureOf({ chrf: {} })).toBe(signatureOf());
});

test("options that no metric takes, and metrics of nothing, are refused", () => {
  expect(() => prepare(["chrf"], { bleu: {} })).toThrow("options of bleu, which --metrics does not name");
  expect(() => prepare(["chrf"], { chrf: { order: 1 } })).toThrow(/metric "chrf".*order/);
  expect(() => prepare(["chrf"], undefined, 0)).toThrow("--decoded 0 decodes nothing");
});

test("options on the command line are an object as JSON", () => {
  expect(parseOptions("metrics-options", '{"chrf":{"beta":1}}')).toEqual({ chrf: { beta: 1 } });
  expect(parseOptions("metrics-options", undefined)).toEqual({});
  for (const text of ["{", "[1]", "beta"])
    expect(() => parseOptions("metrics-options", text)).toThrow(`--metrics-options: an object as JSON, got ${text}`);
});
