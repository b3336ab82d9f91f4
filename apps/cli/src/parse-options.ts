import { ConfigError, type Json } from "@trivium/core";
import { z } from "zod";
import { jsonOfFlag } from "./json-of-flag.ts";

const schema = z.record(z.string(), z.json());

/** Options of a plugin from a flag, as JSON; none where it was not given. @throws {ConfigError} `cli/settings` */
export function parseOptions(flag: string, text: unknown): Readonly<Record<string, Json>> {
  const read = schema.safeParse(text === undefined ? {} : jsonOfFlag(String(text)));
  if (read.success) return read.data;
  throw new ConfigError("cli/settings", `--${flag}: an object as JSON, got ${String(text).slice(0, 60)}`);
}
