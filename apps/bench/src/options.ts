import { availableParallelism } from "node:os";
import { validateWith } from "@trivium/registry";
import { type Command, Option } from "commander";
import { z } from "zod";

/** A whole number from 1, from the text of a flag. */
export const count = z.coerce.number().int().positive();

/** Texts with commas between them. */
export const textList = z.string().transform((text) => text.split(","));

/** Several whole numbers with commas between them. */
export const counts = commaList(count);

/** Some of these names, with commas between them. */
export const listOf = <Name extends string>(names: readonly [Name, ...Name[]]) => commaList(z.enum(names));

/** The flag that asks for peers, by default for none. */
export const peersOption = <Name extends string>(peers: readonly [Name, ...Name[]], fallback = "") =>
  listOf(peers)
    .prefault(fallback)
    .describe(`Who else takes part, with commas: ${peers.join(", ")}`);

/** Several items with commas between them. */
export function commaList<Item>(item: z.ZodType<Item>) {
  return z
    .string()
    .transform((text) => text.split(",").filter((part) => part !== ""))
    .pipe(z.array(item) as unknown as z.ZodType<Item[], string[]>);
}

/** The precisions to which the inputs of products are rounded. */
export const precisions = ["f32", "bf16"] as const;
export type Precision = (typeof precisions)[number];

/** Flags of every benchmark: how often, and what of our engine. */
export const measuringOptions = {
  rounds: count.default(7).describe("Rounds, in each of which every contender has its turn; the median counts"),
  warmup: count.default(2).describe("Turns of each contender before the first round"),
  minimumSeconds: z.coerce
    .number()
    .min(0)
    .default(0.2)
    .describe("A turn repeats the work until it should take that long"),
};

/** Flags that choose what of our engine runs; each of these lists makes contenders. */
export const engineOptions = {
  gemm: textList
    .optional()
    .describe("GEMM providers of simd, with commas; all of them: all. Default: the one that simd chooses"),
  threads: counts.prefault(String(availableParallelism())).describe("Numbers of threads, with commas"),
  precision: listOf(precisions).prefault("f32").describe("f32, bf16 or both: what products are rounded to"),
};

export type EngineOptions = z.output<z.ZodObject<typeof engineOptions>>;
export type MeasuringOptions = z.output<z.ZodObject<typeof measuringOptions>>;

/** Adds a flag for each field of the schema: `minimumSeconds` becomes `--minimum-seconds`. */
export function addOptions(command: Command, schema: z.ZodObject): Command {
  for (const [key, field] of Object.entries(schema.shape as Record<string, z.ZodType>)) {
    const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const fallback = field.safeParse(undefined).data;
    const note = fallback === undefined ? "" : ` (default: ${[fallback].flat().join(",") || "none"})`;
    const option = new Option(`${flag} <value>`, `${field.description ?? ""}${note}`);
    command.addOption(isRepeatable(field) ? option.argParser(append) : option);
  }
  return command;
}

/** Tells if the flag may be given several times; a list with commas is one text. */
const isRepeatable = (field: z.ZodType): boolean => field.safeParse(["text"]).success;
const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** @throws {ConfigError} `bench/options`, naming each flag that is wrong. */
export const readOptions = <Schema extends z.ZodObject>(schema: Schema, flags: unknown, name: string) =>
  validateWith(schema, flags, { code: "bench/options", what: `bench ${name}` }) as z.output<Schema>;
