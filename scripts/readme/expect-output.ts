import { format, inspect, isDeepStrictEqual } from "node:util";

/** Fails unless `actual` is what the example shows. */
export function value(actual: unknown, expected: string, line: number): void {
  const shown = inspect(actual, { depth: 8, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: null });
  const forms = typeof actual === "string" ? [shown, actual] : [shown];
  if (!forms.some((form) => matches(form, expected)) && !isWritten(actual, expected))
    throw difference(shown, expected, line);
}

/** Fails unless `console.log(...values)` prints what the example shows; strings may be shown in quotes. */
export function printed(values: readonly unknown[], expected: string, line: number): void {
  const shown = format(...values);
  console.log(shown);
  const quoted = values.map((one) => inspect(one)).join(" ");
  const written = values.length === 1 && isWritten(values[0], expected);
  if (!matches(shown, expected) && !matches(quoted, expected) && !written) throw difference(shown, expected, line);
}

/**
 * Whether a printed text is the expected one: blanks and kinds of quotes aside, `…` standing for anything, and
 * `≈ 0.25` for a number that rounds to 0.25.
 */
export function matches(shown: string, expected: string): boolean {
  if (expected.startsWith("≈")) {
    const digits = expected.slice(1).trim();
    const decimals = /\.(\d+)$/.exec(digits)?.[1]?.length ?? 0;
    return Number(shown).toFixed(decimals) === Number(digits).toFixed(decimals);
  }
  const parts = normal(expected).split("…");
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return new RegExp(`^${pattern}$`, "su").test(normal(shown));
}

/** Whether the expected text is an expression for that value: `{ 0: "a" }`, which Node prints as `{ '0': 'a' }`. */
function isWritten(actual: unknown, expected: string): boolean {
  try {
    return isDeepStrictEqual(actual, new Function(`return (${expected});`)());
  } catch {
    return false;
  }
}

const normal = (text: string) => text.replaceAll(/['`]/g, '"').replaceAll(/\s+/g, "");

function difference(shown: string, expected: string, line: number): Error {
  return new Error(`line ${line}: expected\n${expected}\ngot\n${shown}`);
}
