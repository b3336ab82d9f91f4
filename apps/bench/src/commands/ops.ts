import { ConfigError } from "@trivium/core";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { isAbsent, oneByOne, presentContenders, type Subject } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { opContender } from "../contenders/op-contender.ts";
import { findingsOf } from "../measure.ts";
import { type OpCase, opCases } from "../op-cases.ts";
import { count, engineOptions, measuringOptions, peersOption } from "../options.ts";
import { tfjsPeer } from "../peers/tfjs-backends.ts";
import { attentionFor } from "../plugins.ts";

const peers = ["tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;

const schema = z.strictObject({
  only: z.string().default("").describe("A part of the names of the operations to measure"),
  rows: count.default(4096).describe("Rows, a multiple of 16"),
  width: count.default(256).describe("Width of a row"),
  vocabulary: count.default(256).describe("Width of the logits"),
  heads: count.default(4).describe("Heads of attention"),
  attention: z
    .string()
    .optional()
    .describe("The attention kernel: see trivium list attention. Default: the best that each backend has"),
  ...engineOptions,
  peers: peersOption(peers),
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** The kernels of a step that are no products. */
export const ops = defineBenchmark({
  name: "ops",
  description: "The kernels of a step that are no products: how near to the memory's speed they are.",
  schema,
  remarks: () => ["Seconds are medians. GB/s: what must at least be read and written ÷ seconds."],
  async run(options, note) {
    const engines = await createEngines(options);
    const theirs = presentContenders(await oneByOne(options.peers, tfjsPeer), note);
    const subjects = [...engines, ...theirs].map((subject) => ({ subject, cases: chosenCases(subject, options) }));
    const findings = await oneByOne([...(subjects[0]?.cases.keys() ?? [])], async (at) => {
      const found = await oneByOne(subjects, ({ subject, cases }) => opContender(subject, cases[at] as OpCase));
      const failed = found.slice(0, engines.length).find(isAbsent);
      if (failed) throw new ConfigError("bench/operation", failed.reason);
      return findingsOf(found, { options, note });
    });
    return findings.flat();
  },
});

/** @throws {ConfigError} `bench/options` if no operation is left. */
function chosenCases(subject: Subject, { only, attention, rows, ...sizes }: Options): OpCase[] {
  if (rows % 16 !== 0) throw new ConfigError("bench/options", `bench ops: --rows is a multiple of 16, got ${rows}`);
  const cases = opCases({ rows, ...sizes }, attentionFor(subject.backend, attention));
  const chosen = cases.filter(({ label }) => label.includes(only));
  if (chosen.length > 0) return chosen;
  const names = cases.map(({ label }) => label).join("; ");
  throw new ConfigError("bench/options", `bench ops: no operation has "${only}" in its name; there are: ${names}`);
}
