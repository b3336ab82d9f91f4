import type { AnswerPiece, Evaluation, ShownAnswer } from "@trivium/evaluator";
import { escapeHtml } from "./page/escape-html.ts";
import type { Cell, PageTable } from "./page/render-table.ts";

/** Answers of one model, by the name of its column. */
export interface ShownColumn {
  readonly name: string;
  readonly unit?: Evaluation["unit"];
  readonly shown?: readonly ShownAnswer[] | undefined;
}

/** The first decoded examples, with each arm's answer; undefined if none was kept. */
export function answersTable(columns: readonly ShownColumn[]): PageTable | undefined {
  const first = columns[0]?.shown ?? [];
  if (first.length === 0) return undefined;
  const rows = first.map(({ source, references }, at): Cell[] => [
    source ?? `${at + 1}`,
    references.join(" / "),
    ...columns.map(({ unit, shown }) => ({ html: answerHtml(shown?.[at]?.pieces ?? [], unit) })),
  ]);
  return {
    title: "The first decoded examples. Underlined: wrong. Struck out: missing, as the nearest reference has it.",
    columns: ["source", "reference", ...columns.map(({ name }) => name)],
    rows,
  };
}

const tags = { right: undefined, wrong: "mark", missing: "del" } as const;

function answerHtml(pieces: readonly AnswerPiece[], unit: Evaluation["unit"]): string {
  const marked = pieces.map(({ is, text }) => {
    const escaped = escapeHtml(text);
    return tags[is] ? `<${tags[is]}>${escaped}</${tags[is]}>` : escaped;
  });
  return `<span class="answer">${marked.join(unit === "symbol" ? " " : "")}</span>`;
}

/** An answer on a terminal: `[wrong]` and `(missing)`. */
export const answerText = (pieces: readonly AnswerPiece[], unit: Evaluation["unit"]): string =>
  pieces
    .map(({ is, text }) => (is === "right" ? text : is === "wrong" ? `[${text}]` : `(${text})`))
    .join(unit === "symbol" ? " " : "");
