import type { LabelLeak, StreamPosition } from "@trivium/masks";
import { texts } from "../../preferences.ts";
import { state } from "./mask-model.ts";

interface LadderProps {
  readonly leak: LabelLeak;
  readonly layers: number;
  /** Hops up to this one are drawn solid, later ones dashed. */
  readonly step: number;
  /** The layer of each position of the way. */
  readonly levels: readonly number[];
}

const LEFT = 76;
const RIGHT = 12;
const BETWEEN_LAYERS = 34;
const WIDTH = 640;

/** Where positions and layers stand in the picture. */
interface Grid {
  readonly gap: number;
  readonly height: number;
  x(place: StreamPosition): number;
  y(level: number): number;
}

function gridOf(layers: number): Grid {
  const { s, q, n } = state.value;
  const isPair = s === "two";
  const gap = Math.min(30, (WIDTH - LEFT - RIGHT) / (isPair ? n + 1 + q : q));
  const y = (level: number) => 16 + BETWEEN_LAYERS * (layers - level);
  return {
    gap,
    height: y(0) + 24,
    x: ({ stream, position }) => LEFT + gap * ((isPair && stream === "target" ? n + 1 : 0) + position + 0.5),
    y,
  };
}

/** The way of a label as a picture: positions from left to right, layers from the input upwards. */
export function Ladder({ leak, layers, step, levels }: LadderProps) {
  const { leaks: said } = texts.value.mask;
  const grid = gridOf(layers);
  const places = leak.path.map((place, at) => ({ x: grid.x(place), y: grid.y(levels[at] as number) }));
  const last = places.at(-1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard.
    <section class="wide" aria-label={said.ladder} tabIndex={0}>
      <svg class="ladder" viewBox={`0 0 ${WIDTH} ${grid.height}`} role="img" aria-label={said.ladder}>
        <Dots grid={grid} layers={layers} />
        {places.slice(1).map(({ x, y }, at) => {
          const from = places[at] as (typeof places)[number];
          return <path key={`${x},${y}`} class={at < step ? "" : "later"} d={`M${from.x} ${from.y}L${x} ${y}`} />;
        })}
        {last ? <path class="later" d={`M${last.x} ${last.y}V${grid.y(0)}`} /> : null}
        {places.map(({ x, y }, at) => (
          <circle key={`${x},${y}`} class="way" cx={x} cy={y} r={at <= step ? 5 : 3} />
        ))}
      </svg>
    </section>
  );
}

/** All positions in all layers, with their names. */
function Dots({ grid, layers }: { readonly grid: Grid; readonly layers: number }) {
  const { leaks: said } = texts.value.mask;
  const { s, q, n } = state.value;
  const { gap, height } = grid;
  const dots = s === "two" ? [...positions("source", n), ...positions("target", q)] : positions("tokens", q);
  const names = Array.from({ length: layers + 1 }, (_, level) => (level === 0 ? said.input : said.layer(level)));
  const keyOf = ({ stream, position }: StreamPosition) => `${stream}${position}`;
  return (
    <>
      {names.map((name, level) => (
        <text key={name} x={LEFT - 10} y={grid.y(level) + 4} text-anchor="end">
          {name}
        </text>
      ))}
      {dots.flatMap((place) =>
        names.map((name, level) => (
          <circle key={keyOf(place) + name} cx={grid.x(place)} cy={grid.y(level)} r={Math.min(2.5, gap / 4)} />
        )),
      )}
      {dots
        .filter(({ position }) => gap >= 18 || position % Math.ceil(24 / gap) === 0)
        .map((place) => (
          <text key={keyOf(place)} x={grid.x(place)} y={height - 4} text-anchor="middle">
            {place.position}
          </text>
        ))}
    </>
  );
}

const positions = (stream: string, count: number): StreamPosition[] =>
  Array.from({ length: count }, (_, position) => ({ stream, position }));
