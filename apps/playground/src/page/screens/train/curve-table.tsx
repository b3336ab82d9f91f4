import { useSignal } from "@preact/signals";
import { type Curves, pageOf } from "../../../train/curves.ts";
import { type ArmName, armNames } from "../../../train/names.ts";
import { texts } from "../../preferences.ts";
import { ArmSign } from "./arm-sign.tsx";
import { state } from "./train-model.ts";

/** Rows of a page. */
const ROWS = 20;

interface CurveTableProps {
  readonly title: string;
  readonly curves: Curves;
  /** Writes a value of a curve. */
  readonly write: (value: number) => string;
}

/** The points of a chart's curves as a table of pages, which is written when the reader opens it. */
export function CurveTable(props: CurveTableProps) {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{texts.value.train.curveTable.open(props.title)}</summary>
      {isOpen.value ? <Pages {...props} /> : null}
    </details>
  );
}

const stepsOf = (curves: Curves): readonly number[] =>
  armNames.map((name) => curves[name].steps).reduce((longest, one) => (one.length > longest.length ? one : longest));

function Pages({ title, curves, write }: CurveTableProps) {
  const { curveTable: said } = texts.value.train;
  const wanted = useSignal(0);
  const steps = stepsOf(curves);
  const { page, pages, rows, all } = pageOf(steps.length, wanted.value, ROWS);
  const go = (to: number) => {
    wanted.value = to;
  };
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <section class="wide" tabIndex={0} aria-label={title}>
        <table>
          <CurveTableHead title={title} />
          <tbody>
            {steps.slice(rows[0] - 1, rows[1]).map((step, at) => (
              <PointsOfStep key={step} step={step} at={rows[0] - 1 + at} curves={curves} write={write} />
            ))}
          </tbody>
        </table>
      </section>
      <div class="row tight">
        <button type="button" disabled={page === 0} onClick={() => go(page - 1)}>
          {said.previous}
        </button>
        <button type="button" disabled={page === pages - 1} onClick={() => go(page + 1)}>
          {said.next}
        </button>
        <span role="status">{said.rows(rows[0], rows[1], all)}</span>
      </div>
    </div>
  );
}

/** A step, and for each architecture where it stands on the axis and how high. */
function CurveTableHead({ title }: { readonly title: string }) {
  const { train: said } = texts.value;
  return (
    <thead>
      <tr>
        <th scope="col" rowSpan={2}>
          {said.curveTable.step}
        </th>
        {armNames.map((name) => (
          <th key={name} scope="colgroup" colSpan={2}>
            <ArmSign name={name} /> {said.arms[name]}
          </th>
        ))}
      </tr>
      <tr>
        {armNames.flatMap((name) => [
          <th key={`${name} place`} scope="col">
            {said.axes[state.value.x]}
          </th>,
          <th key={`${name} value`} scope="col">
            {title}
          </th>,
        ])}
      </tr>
    </thead>
  );
}

interface PointsOfStepProps extends Pick<CurveTableProps, "curves" | "write"> {
  readonly step: number;
  /** The place of the points on their curves. */
  readonly at: number;
}

function PointsOfStep({ step, at, curves, write }: PointsOfStepProps) {
  const { number, decimal, never } = texts.value.train;
  const placeText = (place: number) => (state.value.x === "seconds" ? decimal(place, 2) : number(Math.round(place)));
  const cells = (name: ArmName) => {
    const [place, value] = [curves[name].x[at], curves[name].y[at]];
    return [place === undefined ? never : placeText(place), value === undefined ? never : write(value)];
  };
  return (
    <tr>
      <th scope="row">{number(step)}</th>
      {armNames.flatMap((name) => cells(name).map((text, column) => <td key={`${name}${column}`}>{text}</td>))}
    </tr>
  );
}
