import { CheckpointError, describeIssue, duplicateKey } from "@trivium/core";
import { z } from "zod";
import type { Files } from "./files.ts";
import { type OpenedArrays, openSafetensors } from "./open-safetensors.ts";
import type { SafetensorsArrayInfo } from "./safetensors-header.ts";

/** The name of the file that says in which part each array is. */
export const indexName = (stem: string): string => `${stem}.safetensors.index.json`;

/** Plain names only, so that an index cannot point out of its folder. */
const PART_NAME = /^[A-Za-z0-9_][\w.-]*\.safetensors$/;

const indexSchema = z.object({
  weight_map: z.record(z.string(), z.string().regex(PART_NAME, "a file of this folder")),
});

/**
 * Opens the arrays of a folder: one safetensors file, or several parts with an index.
 *
 * @param stem - the name before `.safetensors`. Default `"model"`.
 * @throws {CheckpointError} `checkpoint/missing` if there is neither, or a part is not there; `checkpoint/index` if the
 *   index is broken or disagrees with its parts; what `openSafetensors` throws.
 * @example (await openWeights(folderFiles("gpt2"))).infos.size // => 149
 */
export async function openWeights(files: Files, stem = "model"): Promise<OpenedArrays> {
  const names = await files.list();
  if (names.includes(`${stem}.safetensors`)) return openSafetensors(files, `${stem}.safetensors`);
  if (names.includes(indexName(stem))) return openParts(files, indexName(stem));
  const pickled = names.find((name) => /\.(bin|pt|pth|h5|msgpack)$/.test(name));
  const remedy = pickled ? `; ${pickled} is of another format: save the model as safetensors` : "";
  const problem = `${files.name} has neither ${stem}.safetensors nor ${indexName(stem)}${remedy}`;
  throw new CheckpointError("checkpoint/missing", problem, { details: { files: files.name } });
}

async function openParts(files: Files, index: string): Promise<OpenedArrays> {
  const file = `${files.name}/${index}`;
  const partOf = readIndex(new TextDecoder().decode(await files.read(index)), file);
  const infos = new Map<string, SafetensorsArrayInfo>();
  const parts = new Map<string, OpenedArrays>();
  for (const part of new Set(partOf.values())) {
    const opened = await openSafetensors(files, part);
    parts.set(part, opened);
    const stray = [...opened.infos.keys()].filter((name) => partOf.get(name) !== part);
    if (stray.length > 0) throw indexError(file, `${part} holds ${some(stray)}, which the index does not place there`);
    for (const [name, info] of opened.infos) infos.set(name, info);
  }
  const missing = [...partOf.keys()].filter((name) => !infos.has(name));
  if (missing.length > 0) throw indexError(file, `it places ${some(missing)}, which the parts do not hold`);
  return {
    infos,
    metadata: Object.assign({}, ...[...parts.values()].map(({ metadata }) => metadata)),
    async read(name) {
      const part = parts.get(partOf.get(name) ?? "");
      if (part) return part.read(name);
      throw new CheckpointError("checkpoint/missing", `${file} has no array ${JSON.stringify(name)}`);
    },
  };
}

function readIndex(text: string, file: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw indexError(file, "it is not JSON", cause);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw indexError(file, `it has ${JSON.stringify(twice)} twice`);
  const read = indexSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues as [z.core.$ZodIssue];
    throw indexError(file, describeIssue(issue, value));
  }
  return new Map(Object.entries(read.data.weight_map));
}

const indexError = (file: string, problem: string, cause?: unknown): CheckpointError =>
  new CheckpointError("checkpoint/index", `${file}: ${problem}; download or write the files again`, {
    details: { file },
    cause,
  });

const some = (names: readonly string[]): string =>
  names.slice(0, 5).join(", ") + (names.length > 5 ? `, and ${names.length - 5} more` : "");
