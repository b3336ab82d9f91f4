import { placesOf, type TreeNode } from "../../../models/beam-tree.ts";
import { texts } from "../../preferences.ts";
import { shownStep, view } from "./decode-model.ts";

const COLUMN = 58;
const ROW = 26;
const LEFT = 16;
/** The width of a letter, in pixels. */
const LETTER = 8;

/** All beginnings of answers up to the shown step, as a tree from left to right; pruned ones stay, struck through. */
export function BeamPicture() {
  const { decode: said } = texts.value;
  const found = view.value;
  if (!found) return null;
  const { tree, trace } = found;
  const step = shownStep.value;
  const labels = tree.map(({ id }) =>
    id === undefined ? "" : [...(trace.labels[id] ?? "⟨end⟩")].slice(0, 5).join(""),
  );
  const places = placesOf(tree).map(({ column, row }, at) => {
    const x = LEFT + column * COLUMN;
    return { x, y: 18 + row * ROW, end: x + 4 + LETTER * [...(labels[at] ?? "")].length };
  });
  const [width, height] = [Math.max(...places.map(({ x }) => x)) + COLUMN, Math.max(...places.map(({ y }) => y)) + ROW];
  return (
    <section class="panel" aria-labelledby="beams">
      <h2 id="beams">{said.tree}</h2>
      <p class="quiet">{said.treeHelp}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
      <section class="wide" tabIndex={0} aria-label={said.treeHelp}>
        <svg
          class="tree"
          viewBox={`0 0 ${width} ${height}`}
          width={width}
          height={height}
          role="img"
          aria-label={said.tree}
        >
          {tree.map((node, at) => {
            const [from, to] = [places[node.parent], places[at]];
            if (!from || !to || node.step > step) return null;
            return <Branch key={node.ids.join()} node={node} from={from} to={to} label={labels[at] ?? ""} />;
          })}
          <circle class="root" cx={places[0]?.x} cy={places[0]?.y} r="4" />
        </svg>
      </section>
    </section>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** Where the label ends. */
  readonly end: number;
}

interface BranchProps {
  readonly node: TreeNode;
  readonly from: Point;
  readonly to: Point;
  readonly label: string;
}

/** A node with the line from its parent, whose classes say what became of it. */
function Branch({ node, from, to, label }: BranchProps) {
  const isPruned = node.prunedAt !== undefined && node.prunedAt <= shownStep.value;
  const names = [isPruned ? "pruned" : "", node.isBest ? "best" : "", node.isGreedy ? "greedy" : ""];
  return (
    <g class={names.join(" ").trim()}>
      <path class="line" d={`M${from.end} ${from.y}C${to.x - 8} ${from.y} ${to.x - 18} ${to.y} ${to.x - 4} ${to.y}`} />
      <text x={to.x} y={to.y + 4}>
        {label}
      </text>
    </g>
  );
}

/** The hypotheses up to the shown step that nothing follows yet as a table, the best first; pruned ones are struck through. */
export function HypothesisTable() {
  const { decode: said, train } = texts.value;
  const found = view.value;
  if (!found) return null;
  const step = shownStep.value;
  const visible = found.tree.filter((node) => node.step >= 0 && node.step <= step);
  const parents = new Set(visible.map(({ parent }) => parent));
  const shown = visible.filter((node) => !parents.has(found.tree.indexOf(node))).toSorted((a, b) => b.score - a.score);
  const textOf = ({ ids }: TreeNode) => ids.map((id) => found.trace.labels[id] ?? "⟨end⟩").join(" ");
  const stateOf = (node: TreeNode) =>
    node.prunedAt !== undefined && node.prunedAt <= step ? "pruned" : node.isEnd ? "ended" : "open";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <section class="wide" tabIndex={0} aria-label={said.hypotheses}>
      <table>
        <thead>
          <tr>
            {[said.hypothesis, said.state, said.logProbability, said.score].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((node) => (
            <tr key={node.ids.join()}>
              <th scope="row" class="code">
                {stateOf(node) === "pruned" ? <s>{textOf(node)}</s> : textOf(node)}
              </th>
              <td>{said.states[stateOf(node)]}</td>
              <td>{train.decimal(node.logProbability, 3)}</td>
              <td>{train.decimal(node.score, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
