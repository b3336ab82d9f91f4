import { ConfigError } from "@trivium/core";

const units: Readonly<Record<string, number>> = { "": 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Reads a number of bytes: `500MB`, `2GB`, `4096`. @throws {ConfigError} `cli/size` */
export function parseBytes(flag: string, value: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?) ?([kmg]?b)?$/i.exec(value) ?? [];
  const bytes = Number(number) * (units[unit.toUpperCase()] ?? 1);
  if (bytes >= 1) return bytes;
  throw new ConfigError("cli/size", `--${flag} is a number of bytes, as 500MB or 2GB; got ${JSON.stringify(value)}`);
}
