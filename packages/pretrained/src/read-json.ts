import type { Files } from "@trivium/checkpoint";
import { duplicateKey } from "@trivium/core";
import { type ForeignConfig, refusing } from "./foreign-config.ts";

/** Reads an object of JSON. @throws {CheckpointError} `pretrained/config` if it is none, or has a key twice. */
export async function readJson(files: Files, name: string): Promise<ForeignConfig> {
  const refuse = (problem: string) => refusing(`${files.name}/${name}`)(`${problem}; correct it, or download it again`);
  const text = new TextDecoder().decode(await files.read(name));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refuse(`expected an object of attributes, got ${JSON.stringify(value)?.slice(0, 40)}`);
  const twice = duplicateKey(text);
  if (twice !== undefined) refuse(`it has ${JSON.stringify(twice)} twice`);
  return { ...value };
}
