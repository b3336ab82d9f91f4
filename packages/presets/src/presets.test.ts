import { type Architecture, selfMaskOf } from "@trivium/model";
import { causal, encoderDecoder, prefix } from "@trivium/model/testing";
import { createRegistry } from "@trivium/registry";
import { expect, test } from "vitest";
import { presets } from "./index.ts";

const published = new Map(
  createRegistry(presets)
    .list("architecture")
    .map(({ name, create }) => [name as string, create] as const),
);

/** The record with the specifications of its masks in place of the functions that build them. */
function described(architecture: Architecture) {
  const context = { prefixLengths: [2, 0, 5] };
  const selfMask = architecture.streams.map((stream) => selfMaskOf(architecture, stream)(context).spec);
  return { ...architecture, selfMask, crossMask: architecture.crossMask?.(context).spec };
}

test.each([causal, prefix, encoderDecoder])(
  "the record of $name that tests of the model use is the published one",
  (record) => {
    expect(described(record)).toEqual(described(published.get(record.name) as Architecture));
  },
);

test("every plugin has a description for those who list them", () => {
  for (const { kind, name, description } of presets) expect(description, `${kind} ${name}`).toBeTruthy();
});
