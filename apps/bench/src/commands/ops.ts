import { ConfigError } from "@trivium/core";
import { presets } from "@trivium/presets";
import { createRegistry } from "@trivium/registry";
import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, isAbsent, presentContenders } from "../contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { opContender } from "../contenders/op-contender.ts";
import { measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { type OpCase, opCases } from "../op-cases.ts";
import { count, engineOptions, measuringOptions, peersOption } from "../options.ts";
import { type TfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";

const peers = ["tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;

const schema = z.strictObject({
  only: z.string().default("").describe("A part of the names of the operations to measure"),
  rows: count.default(4096).describe("Rows, a multiple of 16"),
  width: count.default(256).describe("Width of a row"),
  vocabulary: count.default(256).describe("Width of the logits"),
  heads: count.default(4).describe("Heads of attention"),
  attention: z.string().default("fused").describe("The attention kernel: see trivium list attention"),
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
  async run(options, note) {
    const engines = await createEngines(options);
    const found: Awaited<ReturnType<typeof tfjsPeer>>[] = [];
    for (const peer of options.peers) found.push(await tfjsPeer(peer));
    const tfjs = presentContenders(found, note);
    const findings: Finding[] = [];
    for (const operation of chosenCases(options)) {
      findings.push(...(await benchOperation(operation, { engines, tfjs, options, note })));
    }
    return { findings, remarks: ["Seconds are medians. GB/s: what must at least be read and written ÷ seconds."] };
  },
});

/** @throws {ConfigError} `bench/options` if no operation is left. */
function chosenCases({ only, attention, rows, heads, width, vocabulary }: Options): OpCase[] {
  const kernel = createRegistry(presets).create("attention", attention as never, {});
  if (rows % 16 !== 0) throw new ConfigError("bench/options", `bench ops: --rows is a multiple of 16, got ${rows}`);
  const cases = opCases({ rows, width, vocabulary, heads }, kernel);
  const chosen = cases.filter(({ name }) => name.includes(only));
  if (chosen.length > 0) return chosen;
  const names = cases.map(({ name }) => name).join("; ");
  throw new ConfigError("bench/options", `bench ops: no operation has "${only}" in its name; there are: ${names}`);
}

interface Setting {
  readonly engines: readonly Engine[];
  readonly tfjs: readonly { readonly name: TfjsPeer; use(): Promise<void> }[];
  readonly options: Options;
  note(line: string): void;
}

async function benchOperation(operation: OpCase, { engines, tfjs, options, note }: Setting): Promise<Finding[]> {
  const found: (Contender | Absent)[] = [];
  for (const { precision, provider, threads, use } of engines) {
    const ours = await opContender({ name: "trivium", precision, provider, threads, use, operation });
    if (isAbsent(ours)) throw new ConfigError("bench/operation", ours.reason);
    found.push(ours);
  }
  for (const peer of tfjs) found.push(await opContender({ ...peer, precision: "f32", operation }));
  const contenders = presentContenders(found, note);
  try {
    return (await measure(contenders, options)).map(({ contender, seconds }) => {
      const { name, precision, provider, threads } = contender;
      const stepSeconds = median(seconds);
      const gigabytesPerSecond = operation.bytes / stepSeconds / 1e9;
      const own = { name, precision, provider, threads, work: operation.name };
      return { ...own, stepSeconds, gigabytesPerSecond, rounds: [...seconds] };
    });
  } finally {
    for (const contender of contenders) await contender.close();
  }
}
