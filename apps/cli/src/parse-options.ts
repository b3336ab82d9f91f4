import { ConfigError, type Json } from "@trivium/core";
import { z } from "zod";

const schema = z.record(z.string(), z.json());

/** Options of a plugin from a flag, as JSON; none where it was not given. @throws {ConfigError} `cli/settings` */
export function parseOptions(flag: string, text: unknown): Readonly<Record<string, Json>> {
  const read = schema.safeParse(text === undefined ? {} : jsonOf(String(text)));
  if (read.success) return read.data;
  throw new ConfigError("cli/settings", `--${flag}: an object as JSON, got ${String(text).slice(0, 60)}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
