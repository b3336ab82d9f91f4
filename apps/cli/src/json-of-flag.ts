import { ConfigError, parseJson } from "@trivium/core";

/**
 * Returns the value of a flag's text that is JSON, else the text itself.
 *
 * @throws {ConfigError} `cli/json` if an object has a key twice.
 */
export function jsonOfFlag(text: string): unknown {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ConfigError("cli/json", `${text.slice(0, 60)}: ${(cause as Error).message}`, { cause });
  }
}
