import type { Random } from "@trivium/core";
import { type Dataset, dataset } from "@trivium/data";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { generateDataset } from "./generate-dataset.ts";
import { drawFrom } from "./letters.ts";
import { partSizes, testSizes } from "./part-sizes.ts";

/** The operators on numbers. Results of `sum` and `difference` are taken modulo the number of numbers. */
const operators = {
  first: (numbers: readonly number[]) => numbers[0] as number,
  last: (numbers: readonly number[]) => numbers.at(-1) as number,
  min: (numbers: readonly number[]) => Math.min(...numbers),
  max: (numbers: readonly number[]) => Math.max(...numbers),
  sum: (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0),
  /** The first less all the others. */
  difference: (numbers: readonly number[]) => numbers.reduce((total, one) => total - one),
} as const;

const names = Object.keys(operators) as (keyof typeof operators)[];

const schema = z.strictObject({
  ...partSizes,
  /** The place of the operator: after its operands or, as a control, before them. */
  operator: z.enum(["first", "last"]).default("last"),
  /** The operators to draw from. */
  operators: z
    .array(z.enum(names))
    .min(1)
    .refine((some) => new Set(some).size === some.length, "each may be given once")
    .readonly()
    .default(names),
  operands: z.int().min(2).default(4),
  /** The test part has `test` examples with each of these numbers of operands, in this order. Default: `operands`. */
  testOperands: testSizes(2).optional(),
  /** Operands are 0 to one less than this. */
  numbers: z.int().min(2).default(10),
});

/**
 * Arithmetic whose operator comes last: `3 7 2 max` to `7`. Until it is read nothing says what to compute, so a state
 * that cannot see later positions must keep all operands.
 *
 * Operators are `first`, `last`, `min`, `max`, `sum` and `difference` (the first operand less all others), the last two
 * modulo `numbers`. With `operator: "first"` (`max 3 7 2`) the examples are the same in the same order. A probe at
 * position i of the source has its labels from the source text: what the operator, which stands later, makes of it.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if so many examples do not exist.
 * @example (await lateOperator({ operators: ["max"], numbers: 2, operands: 2, train: 2, validation: 1, test: 1 })).train.length // => 2
 */
export async function lateOperator(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task late-operator" });
  const { numbers, operands, testOperands = [operands] } = chosen;
  const digits = Array.from({ length: numbers }, (_, at) => at);
  const draw = (count: number, random: Random) => {
    const some = drawFrom(digits, count, random);
    const [operator] = drawFrom(chosen.operators, 1, random) as [keyof typeof operators];
    const words = chosen.operator === "last" ? [...some, operator] : [operator, ...some];
    const result = operators[operator](some) % numbers;
    return { source: words.join(" "), target: String(result < 0 ? result + numbers : result) };
  };
  const alphabet = [...digits.map(String), ...chosen.operators];
  return generateDataset({
    ...chosen,
    name: "late-operator",
    tokenizer: { name: "shared", tokenizer: { name: "symbol", alphabet } },
    draw: (random) => draw(operands, random),
    conditions: testOperands.map((count) => ({ name: `operands ${count}`, draw: (random) => draw(count, random) })),
  });
}

/** The plugin of {@link lateOperator}. */
export const lateOperatorPlugin = dataset("late-operator", lateOperator, {
  description: "Numbers and, last, the operator that says what to make of them (min, max, sum …), to the result.",
  schema,
});
