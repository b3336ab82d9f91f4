import type { AnswerPiece } from "@trivium/evaluator";
import { Fragment } from "preact";
import type { ShownExample } from "../../../train/held-out.ts";
import { armNames } from "../../../train/names.ts";
import { texts } from "../../preferences.ts";
import { ArmSign } from "./arm-sign.tsx";
import { answers } from "./train-model.ts";

/** What each architecture answers to the same held-out examples. */
export function HeldOutAnswers() {
  const { train: said } = texts.value;
  const first = armNames.map((name) => answers.value[name]).find((one) => one !== undefined);
  if (!first) return null;
  return (
    <div class="panel">
      <h2 id="answers">{said.heldOut}</h2>
      <p class="quiet">{said.heldOutHelp}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <section class="wide" tabIndex={0} aria-labelledby="answers">
        <table>
          <AnswersHead />
          <tbody class="code">
            {first.report.examples.map((example, at) => (
              <AnswersRow key={example.source} example={example} at={at} between={first.report.between} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function AnswersHead() {
  const { train: said } = texts.value;
  return (
    <thead>
      <tr>
        <th scope="col">{said.source}</th>
        <th scope="col">{said.wanted}</th>
        {armNames.map((name) => (
          <th key={name} scope="col">
            <ArmSign name={name} /> {said.arms[name]}
            <br />
            <span class="quiet">{answers.value[name] ? said.atStep(answers.value[name].step) : ""}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface AnswersRowProps {
  readonly example: ShownExample;
  /** Its place among the examples. */
  readonly at: number;
  readonly between: string;
}

const AnswersRow = ({ example, at, between }: AnswersRowProps) => (
  <tr>
    <th scope="row">{example.source}</th>
    <td>{example.wanted}</td>
    {armNames.map((name) => (
      <td key={name}>
        <Pieces pieces={answers.value[name]?.report.examples[at]?.pieces ?? []} between={between} />
      </td>
    ))}
  </tr>
);

/** An answer; what is wrong is underlined, and what is missing stands in brackets. */
function Pieces({ pieces, between }: { readonly pieces: readonly AnswerPiece[]; readonly between: string }) {
  const { isRight, missing } = texts.value.train;
  const isAllRight = pieces.length > 0 && pieces.every((piece) => piece.is === "right");
  return (
    <>
      {pieces.map(({ is, text }, at) => {
        const sign = {
          right: <span>{text}</span>,
          wrong: <mark>{text}</mark>,
          missing: <del title={missing}>[{text}]</del>,
        }[is];
        return (
          <Fragment key={`${at}${is}`}>
            {at > 0 ? between : ""}
            {sign}
          </Fragment>
        );
      })}
      {isAllRight ? (
        <span class="sign-of-right" role="img" aria-label={isRight}>
          ✓
        </span>
      ) : null}
    </>
  );
}
