import { jsonDifferences, TriviumError } from "@trivium/core";
import { type Architecture, type LanguageModel, resolveConfig } from "@trivium/model";
import { flattenSpecs } from "@trivium/tensor";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { mapsOf } from "./load-parameters.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";

/** A model, and the families that may say it. */
export interface FamilyRequest {
  readonly model: Pick<LanguageModel, "architecture" | "config" | "specs">;
  readonly families: readonly PretrainedFamily[];
}

/**
 * Returns the first family that can say all of a model, with the configuration that it writes.
 *
 * @param asked - the name of the family. Default: any.
 * @throws {CheckpointError} `pretrained/export` if there is none, with what each lacks.
 */
export function chooseFamily(
  { families, model }: FamilyRequest,
  asked?: string,
): { family: PretrainedFamily; config: ForeignConfig } {
  const candidates = families.filter(({ name }) => asked === undefined || name === asked);
  const reasons: string[] = [];
  for (const family of candidates) {
    const written = writtenBy(family, model);
    if (typeof written !== "string") return { family, config: written };
    reasons.push(`${family.name}: ${written}`);
  }
  const names = families.map(({ name }) => name).join(", ");
  const why = reasons.length > 0 ? reasons.join("; ") : `there is no family "${asked}"; families: ${names}`;
  return refusing(
    "export",
    "export",
  )(`no family can say this model: ${why}; a family of your own is a plugin of the kind "pretrained-family"`);
}

/** The foreign configuration of a model, or why there is none: it must say all, and have a place for every parameter. */
function writtenBy(family: PretrainedFamily, { architecture, config, specs }: FamilyRequest["model"]) {
  try {
    const resolved = resolveConfig(architecture, config);
    const written = family.write(resolved);
    const has = (name: string): boolean => name !== "final_logits_bias" || config.head.bias;
    const read = family.read(written, { has, isTied: config.head.tied }, { place: "export", ignore: [] });
    const different = jsonDifferences(comparable(architecture, config), comparable(architecture, read))
      .filter(({ path }) => !/^(initialisation|dropout|length)\b/.test(path))
      .map(({ path, was, is }) => `${path} is ${was}, not ${is}`);
    if (different.length > 0) return `it has no ${different.slice(0, 3).join(", no ")}`;
    const shapes = new Map(Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [path, shape]));
    const placed = new Set(mapsOf(family, resolved, shapes).flatMap(({ paths }) => paths));
    const lost = [...shapes.keys()].filter((path) => !placed.has(path));
    return lost.length > 0 ? `it has no place for ${lost.slice(0, 3).join(", ")}` : written;
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    return error.message;
  }
}

const comparable = (architecture: Architecture, config: Parameters<typeof resolveConfig>[1]): unknown => {
  const { layers, biases, ...resolved } = resolveConfig(architecture, config);
  const each = typeof biases === "boolean" ? { queryKeyValue: biases, output: biases, feedForward: biases } : biases;
  const perStream = architecture.streams.map((stream) => (typeof layers === "number" ? layers : layers[stream]));
  return JSON.parse(JSON.stringify({ ...resolved, layers: perStream, biases: each }));
};

/** The whole name of a tensor, with the prefix of its family where it has one. */
export const wholeName = (name: string, { head, outside = [], prefix }: PretrainedFamily): string =>
  name === head || outside.includes(name) ? name : prefix + name;
