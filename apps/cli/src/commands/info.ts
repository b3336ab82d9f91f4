import type { OpenedModel } from "@trivium/compose";
import { drawAscii, drawSideBySide } from "@trivium/masks";
import { resolveConfig } from "@trivium/model";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { masksOf, modelFacts } from "../model-facts.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";
import { table } from "../table.ts";

export function infoCommand(program: Command): void {
  const command = program
    .command("info")
    .argument("<model>", MODEL_ARGUMENT)
    .description("Say what a model is: architecture, parameters, memory, work of a token, masks. No weight is read.");
  defineCommand(addEngineFlags(command), showInfo);
}

/** Positions of a drawn mask. */
const DRAWN = 8;

async function showInfo(context: CommandContext): Promise<void> {
  const opened = await openRun((context.positional as [string])[0], context, { weights: false });
  const facts = modelFacts(opened);
  context.output.result(facts, () => {
    const rows = rowsOf(facts).map(([name, value]) => [name, shown(value)]);
    return `${table([["", ""], ...rows]).trimStart()}\n\n${drawMasks(opened)}`;
  });
}

const shown = (value: unknown): string => (typeof value === "number" ? value.toLocaleString("en") : String(value));

type AdapterFacts = NonNullable<ReturnType<typeof modelFacts>["adapter"]>;

const adapterWords = ({ name, rank, alpha, matrices, parameters }: AdapterFacts): string =>
  `${name}: ${shown(parameters)} parameters beside ${matrices} matrices, rank ${rank}, alpha ${alpha}`;

/** The facts in words. */
function rowsOf(facts: ReturnType<typeof modelFacts>): [string, unknown][] {
  const { tokenizer, layers, backend, leastDecodingBytes, adapter, ...own } = facts;
  const ofWeights = Object.entries(own.weightBytes).flatMap(([type, bytes]): [string, unknown][] => [
    [`bytes of weights as ${type}`, bytes],
    [`bytes read for a token as ${type}`, own.readBytesPerToken[type as keyof typeof own.weightBytes]],
  ]);
  const limit = backend.limitBytes ?? "no limit that is known";
  return [
    ["name", own.name],
    ["architecture", own.architecture],
    ["streams", own.streams.join(", ")],
    ["objective", own.objective],
    ["steps", own.steps],
    ["parameters", own.parameters],
    ...(adapter ? [["adapters", adapterWords(adapter)] satisfies [string, string]] : []),
    ["vocabulary", own.vocabulary],
    ["tokenizer", `${tokenizer.name}, ${shown(tokenizer.size)} ids`],
    ["length", own.length],
    ["width", `${own.width}, ${own.feedForward} in feed-forward layers`],
    ["layers", typeof layers === "number" ? layers : Object.entries(layers).flat().join(" ")],
    ["heads", `${own.heads}, ${own.keyValueHeads} of keys and values, ${own.headWidth} wide`],
    ["positions", own.positions],
    ["FLOPs of a token", own.flopsPerToken],
    ["bytes kept for a token", own.keptBytesPerToken],
    ...ofWeights,
    ["bytes beside weights, at least", leastDecodingBytes],
    [`bytes that ${backend.name} has`, limit],
  ];
}

function drawMasks({ model: { architecture, config } }: OpenedModel): string {
  const masks = masksOf(architecture, resolveConfig(architecture, config));
  const drawn = masks.map(({ stream, kind, window, mask }) => {
    const title = kind === "cross" ? kind : window === undefined ? stream : `${stream}, window ${window}`;
    return drawAscii(mask, { queries: DRAWN, keys: DRAWN, title });
  });
  return drawSideBySide(drawn);
}
