import type { Random } from "@trivium/core";
import type { ScanCommand } from "./grammar.ts";

/** Training and test commands as a published split has them. */
export interface ScanSplit {
  readonly train: readonly ScanCommand[];
  readonly test: readonly ScanCommand[];
}

/** Commands that `simple` trains on: 80 % of 20,910. */
const SIMPLE_TRAIN = 16_728;
const LONGEST_TRAINED = 22;

/** The published splits by name. */
export const scanSplits = {
  simple(commands: readonly ScanCommand[], random: Random): ScanSplit {
    const shuffled = random.shuffle(commands);
    return { train: shuffled.slice(0, SIMPLE_TRAIN), test: shuffled.slice(SIMPLE_TRAIN) };
  },
  length: (commands: readonly ScanCommand[]) => divide(commands, ({ actions }) => actions.length > LONGEST_TRAINED),
  "addprim-jump": (commands: readonly ScanCommand[]) => withoutUses("jump", 1467, commands),
  "turn-left": (commands: readonly ScanCommand[]) => withoutUses("turn left", 2189, commands),
} as const;

/** The primitive command comes `times` times in training, every longer one with it is a test command. */
function withoutUses(primitive: string, times: number, commands: readonly ScanCommand[]): ScanSplit {
  const alone = commands.find(({ command }) => command === primitive) as ScanCommand;
  const { train, test } = divide(
    commands.filter((one) => one !== alone),
    ({ command }) => ` ${command} `.includes(` ${primitive} `),
  );
  return { train: [...train, ...Array.from({ length: times }, () => alone)], test };
}

function divide(commands: readonly ScanCommand[], isTested: (one: ScanCommand) => boolean): ScanSplit {
  return { train: commands.filter((one) => !isTested(one)), test: commands.filter(isTested) };
}
