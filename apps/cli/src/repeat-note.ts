import { stat } from "node:fs/promises";
import { latestCheckpoint } from "@trivium/checkpoint/node";
import { jsonDifferences } from "@trivium/core";

/** A training that is about to begin, as its checkpoints will describe it. */
interface Described {
  readonly recipe: object;
  readonly identity?: object | undefined;
  readonly numericIdentity?: object | undefined;
}

/** The facts recorded beside a recipe, each with the field of the recipe from which it follows. */
const recorded = { data: "data", files: "data", tokenizer: "tokenizer", from: "from" } as const;

/** The most differences that are named. */
const NAMED = 3;

/**
 * Returns what differs from the run that is repeated though its recipe says the same: hashes of data, vocabulary and
 * weights, versions of kernels and libraries. Undefined where nothing differs, or `config` is no run folder.
 */
export async function repeatNote(config: unknown, described: Described): Promise<string | undefined> {
  if (typeof config !== "string" || !(await stat(config)).isDirectory()) return undefined;
  const { checkpoint } = await latestCheckpoint(config);
  if (!checkpoint) return undefined;
  const known = fields(checkpoint.json("config.json"));
  const { numericIdentity } = fields(checkpoint.json("state.json"));
  const was = factsOf({
    recipe: fields(known.recipe),
    identity: known,
    numericIdentity: fields(numericIdentity),
  });
  const is = factsOf(described);
  const differ = (field: string) => jsonDifferences(was.recipe[field], is.recipe[field]).length > 0;
  const kept = Object.entries(recorded).filter(([, field]) => !differ(field));
  const pick = ({ identity, arithmetic }: typeof was) => ({
    ...Object.fromEntries(kept.map(([name]) => [name, identity[name]])),
    arithmetic: differ("backend") ? undefined : arithmetic,
  });
  const differences = jsonDifferences(pick(was), pick(is));
  if (differences.length === 0) return undefined;
  const named = differences.slice(0, NAMED).map((one) => `${one.path} was ${one.was}, is ${one.is}`);
  const more = differences.length > NAMED ? `; and ${differences.length - NAMED} more` : "";
  return `warning: the bits of ${config} may not be repeated, since not all is as it was: ${named.join("; ")}${more}`;
}

function factsOf({ recipe, identity, numericIdentity }: Described) {
  // As it would be read back.
  const plain = (value: object | undefined) => fields(JSON.parse(JSON.stringify(value ?? {})));
  return { recipe: plain(recipe), identity: plain(identity), arithmetic: plain(numericIdentity) };
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
