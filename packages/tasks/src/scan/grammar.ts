const directions = ["left", "right"] as const;
const moves = ["walk", "look", "run", "jump"] as const;

/** A command of SCAN with the actions that it stands for. */
export interface ScanCommand {
  readonly command: string;
  readonly actions: readonly string[];
}

const repeated = (actions: readonly string[], times: number): string[] =>
  Array.from({ length: times }, () => actions).flat();

/**
 * All 20,910 commands of SCAN with their meanings.
 *
 * | phrase                  | commands | actions                                            |
 * | ----------------------- | -------- | -------------------------------------------------- |
 * | `walk look run jump`    | `u`      | `I_WALK`, `I_LOOK`, `I_RUN`, `I_JUMP`              |
 * | turn and perhaps act    | `u left` | `I_TURN_LEFT`, ⟦u⟧ (`turn left`: no ⟦u⟧)           |
 * | …`opposite`             |          | `I_TURN_LEFT` twice, ⟦u⟧                           |
 * | …`around`               |          | (`I_TURN_LEFT`, ⟦u⟧) four times                    |
 * | `x twice`, `x thrice`   |          | ⟦x⟧ two or three times                             |
 * | `x and y`, `x after y`  |          | ⟦x⟧ ⟦y⟧, and ⟦y⟧ ⟦x⟧                               |
 *
 * @source Lake and Baroni 2018, "Generalization without Systematicity", supplementary figures 6 and 7,
 *   https://arxiv.org/abs/1711.00350
 * @example scanCommands().length // => 20910
 */
export function scanCommands(): ScanCommand[] {
  const phrases = verbPhrases().flatMap(({ command, actions }) => [
    { command, actions },
    { command: `${command} twice`, actions: repeated(actions, 2) },
    { command: `${command} thrice`, actions: repeated(actions, 3) },
  ]);
  const joined = phrases.flatMap((first) =>
    phrases.flatMap((second) => [
      { command: `${first.command} and ${second.command}`, actions: [...first.actions, ...second.actions] },
      { command: `${first.command} after ${second.command}`, actions: [...second.actions, ...first.actions] },
    ]),
  );
  return [...phrases, ...joined];
}

function verbPhrases(): ScanCommand[] {
  const plain = moves.map((move) => ({ command: move, actions: [actionOf(move)] }));
  const turning = ["turn" as const, ...moves].flatMap((verb) =>
    directions.flatMap((direction) => {
      const turn = [actionOf(`turn_${direction}`)];
      const act = verb === "turn" ? [] : [actionOf(verb)];
      return [
        { command: `${verb} ${direction}`, actions: [...turn, ...act] },
        { command: `${verb} opposite ${direction}`, actions: [...turn, ...turn, ...act] },
        { command: `${verb} around ${direction}`, actions: repeated([...turn, ...act], 4) },
      ];
    }),
  );
  return [...plain, ...turning];
}

const actionOf = (what: string): string => `I_${what.toUpperCase()}`;

/** The words of commands. */
export const scanWords: readonly string[] = [
  ...["after", "and", "around", "jump", "left", "look", "opposite", "right", "run", "thrice", "turn", "twice", "walk"],
];

/** The actions that commands stand for. */
export const scanActions: readonly string[] = [...moves, ...directions.map((one) => `turn_${one}`)].map(actionOf);
