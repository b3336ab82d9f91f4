import { ConfigError, parseJson } from "@trivium/core";

/**
 * Returns the value of a flag's text that is JSON, else the text itself. A byte order mark before JSON is passed over,
 * as in files.
 *
 * @throws {ConfigError} `cli/json` if an object has a key twice.
 */
export function jsonOfFlag(text: string): unknown {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return text;
  }
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ConfigError("cli/json", `${text.slice(0, 60)}: ${(cause as Error).message}`, { cause });
  }
}
