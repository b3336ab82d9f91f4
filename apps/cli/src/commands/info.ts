import type { OpenedModel } from "@trivium/compose";
import { drawAscii, drawSideBySide } from "@trivium/masks";
import {
  type Architecture,
  forwardFlops,
  type ResolvedConfig,
  resolveConfig,
  selfMaskOf,
  windowsOf,
} from "@trivium/model";
import { countSpecs } from "@trivium/tensor";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import { addEngineFlags, MODEL_ARGUMENT, openRun } from "../open-run.ts";
import { table } from "../table.ts";

export function infoCommand(program: Command): void {
  const command = program
    .command("info")
    .argument("<model>", MODEL_ARGUMENT)
    .description("Say what a model is: architecture, parameters, memory, work of a token, masks.");
  defineCommand(addEngineFlags(command), showInfo);
}

/** Bytes of a weight by its type; 32 values of q8 share a scale of two bytes. */
const weightBytes = { f32: 4, bf16: 2, q8: 34 / 32 } as const;

/** Positions of a drawn mask, of which a prefix has the first. */
const [drawn, drawnPrefix] = [8, 3];

/** Tokens before the one of which the work is counted. */
const BEFORE = 128;

async function showInfo(context: CommandContext): Promise<void> {
  const opened = await openRun((context.positional as [string])[0], context);
  const facts = factsOf(opened);
  context.output.result(facts, () => {
    const { masks, memory, ...others } = facts;
    const weights = Object.entries(memory).map(([type, bytes]) => [`bytes of weights as ${type}`, bytes] as const);
    const rows = [...Object.entries(others), ...weights].map(([name, value]) => [name, shown(value)]);
    return `${table([["", ""], ...rows]).trimStart()}\n\n${masks}`;
  });
}

const shown = (value: unknown): string => (typeof value === "number" ? value.toLocaleString("en") : String(value));

function factsOf({ name, model, tokenizer, objective, step, length }: OpenedModel) {
  const { architecture } = model;
  const config = resolveConfig(architecture, model.config);
  const parameters = countSpecs(model.specs);
  const target = architecture.streams.at(-1) as string;
  const layers = typeof config.layers === "number" ? config.layers : (config.layers[target] ?? 0);
  const bytesOf = (type: keyof typeof weightBytes): number => Math.ceil(parameters * weightBytes[type]);
  return {
    name,
    architecture: architecture.name,
    streams: architecture.streams.join(", "),
    objective: objective.name,
    steps: step,
    parameters,
    vocabulary: config.vocabulary,
    tokenizer: `${nameOf(tokenizer.toJson())}, ${tokenizer.size.toLocaleString("en")} ids`,
    length,
    width: config.width,
    layers: typeof config.layers === "number" ? config.layers : JSON.stringify(config.layers),
    heads: `${config.heads}, ${config.keyValueHeads} of keys and values`,
    "FLOPs of a token": flopsOfToken(architecture, model.config, target),
    "bytes read for a token": bytesRead(model, target),
    "bytes kept for a token": 2 * layers * config.keyValueHeads * config.headWidth * 4,
    memory: { f32: bytesOf("f32"), bf16: bytesOf("bf16"), q8: bytesOf("q8") },
    masks: drawMasks(architecture, config),
  };
}

const nameOf = (json: ReturnType<OpenedModel["tokenizer"]["toJson"]>): string =>
  json.name === "shared" ? json.tokenizer.name : `${json.source.name} and ${json.target.name}`;

/** Floating-point operations of one more token of the predicting stream behind others. */
function flopsOfToken(architecture: Architecture, config: OpenedModel["model"]["config"], target: string): number {
  const before = Math.min(BEFORE, Math.floor(config.length / 2));
  const at = (length: number): number => {
    const lengths = Object.fromEntries(
      architecture.streams.map((stream) => [stream, stream === target ? length : before]),
    );
    return forwardFlops(architecture, config, { lengths }).total;
  };
  return at(before + 1) - at(before);
}

/** Bytes of the float32 weights that one more token of the predicting stream reads: an encoder has run already. */
function bytesRead(
  { architecture: { streams }, config: { head }, specs }: OpenedModel["model"],
  target: string,
): number {
  const unread = new Set(streams.filter((stream) => stream !== target));
  // A table that is not the head as well is read in one row.
  if (!head.tied) unread.add("embedding");
  return 4 * countSpecs(Object.fromEntries(Object.entries(specs).filter(([part]) => !unread.has(part))));
}

/** The distinct windows of a stream's layers; undefined for layers without one. */
function windowsIn(config: ResolvedConfig, stream: string): readonly (number | undefined)[] {
  const windows = windowsOf(config, stream);
  const { window } = config.attention;
  const isWithout = windows.length === 0 || (Array.isArray(window) && window.includes(null));
  return isWithout ? [undefined, ...windows] : windows;
}

/** The masks of each stream, one for each window that its layers have, and that of cross-attention. */
function drawMasks(architecture: Architecture, config: ResolvedConfig): string {
  const context = { prefixLengths: drawnPrefix };
  const size = { queries: drawn, keys: drawn };
  const own = architecture.streams.flatMap((stream) =>
    windowsIn(config, stream).map((window) => {
      const title = window === undefined ? stream : `${stream}, window ${window}`;
      return drawAscii(selfMaskOf(architecture, stream)({ ...context, window }), { ...size, title });
    }),
  );
  const cross = architecture.crossMask ? [drawAscii(architecture.crossMask(context), { ...size, title: "cross" })] : [];
  return drawSideBySide([...own, ...cross]);
}
