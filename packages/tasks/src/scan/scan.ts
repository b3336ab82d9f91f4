import { ConfigError, createRandom } from "@trivium/core";
import { createDataset, type Dataset, dataset } from "@trivium/data";
import type { TextPair } from "@trivium/features";
import { validateWith } from "@trivium/registry";
import { z } from "zod";
import { type ScanCommand, scanActions, scanCommands, scanWords } from "./grammar.ts";
import { scanSplits } from "./splits.ts";

const names = Object.keys(scanSplits) as (keyof typeof scanSplits)[];

const schema = z.strictObject({
  split: z.enum(names).default("simple"),
  /** Draws the split `simple`, and of every split the validation part. */
  seed: z.int().default(0),
  /** Number of training commands to set aside. 0 leaves exactly the published training part. */
  validation: z.int().min(0).default(400),
});

/**
 * SCAN: commands such as `jump twice` to actions such as `I_JUMP I_JUMP`, regenerated from its grammar.
 *
 * | split          | train  | test  | what is tested                                                          |
 * | -------------- | ------ | ----- | ----------------------------------------------------------------------- |
 * | `simple`       | 16,728 | 4,182 | a random split by `seed`: our own draw, in the published sizes          |
 * | `length`       | 16,990 | 3,920 | trained on at most 22 actions, tested on 24 to 48                       |
 * | `addprim-jump` | 14,670 | 7,706 | `jump` is trained alone (1,467 times), tested in all longer commands    |
 * | `turn-left`    | 21,890 | 1,208 | `turn left` is trained alone (2,189 times), tested in all longer ones   |
 *
 * The test part is always the published one. **The validation part is taken from the training part**: train and
 * validation together are the published training part, so a choice that is made by validation has not seen what the
 * split tests. The command that is trained many times stays in training, all of it. With `validation: 0` the training
 * part is the published one.
 *
 * @throws {ConfigError} `tasks/options` naming the field, `tasks/too-few` if validation takes all training commands.
 * @source Lake and Baroni 2018, https://arxiv.org/abs/1711.00350; the sizes are those of
 *   https://github.com/brendenlake/SCAN
 * @example (await scan({ split: "length" })).test.length // => 3920
 */
export async function scan(options: z.input<typeof schema> = {}): Promise<Dataset> {
  const chosen = validateWith(schema, options, { code: "tasks/options", what: "task scan" });
  const random = createRandom(chosen.seed).split("scan");
  const { train, test } = scanSplits[chosen.split](scanCommands(), random.split("simple"));
  const counts = Map.groupBy(train, (one) => one);
  const once = train.filter((one) => counts.get(one)?.length === 1);
  if (chosen.validation >= once.length) throw tooFew(once.length, chosen.validation);
  const setAside = new Set(random.split("validation").shuffle(once).slice(0, chosen.validation));
  return createDataset({
    name: "scan",
    train: train.filter((one) => !setAside.has(one)).map(toPair),
    validation: [...setAside].map(toPair),
    test: test.map(toPair),
    tokenizer: {
      name: "disjoint",
      source: { name: "symbol", alphabet: scanWords },
      target: { name: "symbol", alphabet: scanActions },
    },
  });
}

const toPair = ({ command, actions }: ScanCommand): TextPair => ({ source: command, target: actions.join(" ") });

function tooFew(exist: number, wanted: number): ConfigError {
  const problem = `scan: validation asks for ${wanted} of the ${exist} commands that are trained once`;
  return new ConfigError("tasks/too-few", `${problem}; ask for fewer, so that some are left to train on`, {
    details: { wanted, exist },
  });
}

/** The plugin of {@link scan}. */
export const scanPlugin = dataset("scan", scan, {
  description: "SCAN: 20,910 commands to actions; splits simple, length, addprim-jump, turn-left.",
  schema,
});
