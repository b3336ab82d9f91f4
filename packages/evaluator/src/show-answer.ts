import { splitUnits, type TextUnit } from "@trivium/text";
import { nearestReference } from "./error-rate.ts";
import type { Segment } from "./metrics/metric.ts";

/** A piece of an answer held against the reference that is nearest to it. */
export interface AnswerPiece {
  /** `right` and `wrong` are the answer's, `missing` is the reference's. */
  readonly is: "right" | "wrong" | "missing";
  /** One character or symbol, or several that share what they are. */
  readonly text: string;
}

/** A decoded example as texts, for people to look at. */
export interface ShownAnswer {
  /** The text before the answer. Absent if no tokenizer was given to read it. */
  readonly source?: string | undefined;
  /** The answer's pieces in order; those that are not `missing` spell it. */
  readonly pieces: readonly AnswerPiece[];
  readonly references: readonly string[];
  /** Edits to the nearest reference, in the unit of the error rate. 0: the answer is right. */
  readonly edits: number;
}

/** The most cells of an alignment; longer answers are one piece. */
const MOST_CELLS = 1_000_000;

/** Returns the pieces of an answer, held against the nearest of its references by a shortest list of edits. */
export function answerPieces({ prediction, references }: Segment, unit: TextUnit): readonly AnswerPiece[] {
  const [answer, ...right] = [prediction, ...references].map((text) => splitUnits(text, unit)) as [
    string[],
    ...string[][],
  ];
  const edits = right.map((one) => nearestReference({ prediction: answer, references: [one] }).edits);
  const reference = right[edits.indexOf(Math.min(...edits))] as string[];
  if (answer.length * reference.length > MOST_CELLS) {
    return [{ is: prediction === reference.join(unit === "symbol" ? " " : "") ? "right" : "wrong", text: prediction }];
  }
  return joinAlike(alignedUnits(answer, reference), unit === "symbol" ? " " : "");
}

/** Walks back through the table of edit distances. */
function alignedUnits(answer: readonly string[], reference: readonly string[]): AnswerPiece[] {
  const [rows, columns] = [answer.length + 1, reference.length + 1];
  const costs = new Uint32Array(rows * columns);
  const cost = (row: number, column: number): number => costs[row * columns + column] as number;
  const change = (row: number, column: number): number => (answer[row - 1] === reference[column - 1] ? 0 : 1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      costs[row * columns + column] =
        row === 0 || column === 0
          ? row + column
          : Math.min(
              cost(row - 1, column - 1) + change(row, column),
              cost(row - 1, column) + 1,
              cost(row, column - 1) + 1,
            );
    }
  }
  const pieces: AnswerPiece[] = [];
  for (let [row, column] = [answer.length, reference.length]; row > 0 || column > 0; ) {
    const isChange = row > 0 && column > 0 && cost(row, column) === cost(row - 1, column - 1) + change(row, column);
    const isExtra = !isChange && row > 0 && cost(row, column) === cost(row - 1, column) + 1;
    if (isChange || isExtra) row--;
    if (!isExtra) column--;
    const isRight = isChange && answer[row] === reference[column];
    if (isChange || isExtra) pieces.push({ is: isRight ? "right" : "wrong", text: answer[row] as string });
    else pieces.push({ is: "missing", text: reference[column] as string });
  }
  return pieces.reverse();
}

function joinAlike(units: readonly AnswerPiece[], between: string): AnswerPiece[] {
  const joined: AnswerPiece[] = [];
  for (const { is, text } of units) {
    const last = joined.at(-1);
    if (last?.is === is) joined[joined.length - 1] = { is, text: `${last.text}${between}${text}` };
    else joined.push({ is, text });
  }
  return joined;
}
