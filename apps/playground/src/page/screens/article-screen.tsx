import { useSignal } from "@preact/signals";
import { parseMask, visiblePairs } from "@trivium/masks";
import { useEffect } from "preact/hooks";
import { cellsOf } from "../../mask/cells.ts";
import { labelsOf } from "../../mask/read-mask.ts";
import { claims } from "../claims.ts";
import { Matrix } from "../parts/matrix.tsx";
import { texts } from "../preferences.ts";
import { Weakness } from "./article/weakness.tsx";
import { pause } from "./train/train-model.ts";

/** The architectures against which a claim is held, and the claims in the order of the article. */
const groups = [
  ["causal", ["one-sided-context", "prompt-encoding", "in-context-learning"]],
  ["prefix", ["prefix-supervision", "attention-cost", "mask-difficulty", "prefix-use"]],
  ["encoder-decoder", ["parameters-and-compute", "training-efficiency", "long-input", "zero-shot"]],
] as const;

/** The article on the three architectures, whose figures are alive. */
export function ArticleScreen() {
  // What nobody sees does not go on.
  useEffect(() => pause, []);
  const { article: said, train } = texts.value;
  return (
    <article>
      <h1>{said.title}</h1>
      <p class="prose">{said.intro}</p>
      <h2>{said.whatTitle}</h2>
      <p class="prose">{said.what}</p>
      <ThreeMasks />
      <h2>{said.costTitle}</h2>
      <p class="prose">{said.cost}</p>
      <h2>{said.trainTitle}</h2>
      <p class="prose">{said.train}</p>
      <p>
        <a href="#/train">{said.toTrain}</a>
      </p>
      <h2>{said.weakTitle}</h2>
      <p class="prose">{said.weak}</p>
      {groups.map(([name, ids]) => (
        <section key={name} class="panel" aria-labelledby={`against-${name}`}>
          <h3 id={`against-${name}`}>{train.arms[name]}</h3>
          {ids.map((id) => {
            const claim = claims.find((one) => one.id === id);
            return claim ? <Weakness key={id} claim={claim} /> : null;
          })}
        </section>
      ))}
    </article>
  );
}

/** The masks of the three on the same source and target, whose lengths the reader chooses. */
function ThreeMasks() {
  const { article: said, train } = texts.value;
  const source = useSignal(4);
  const target = useSignal(4);
  const [m, t] = [source.value, target.value];
  const sources = labelsOf(said.sample, "characters", m);
  const targets = labelsOf(said.answer, "characters", t);
  const row = [...sources, ...targets];
  const figures = [
    { name: train.arms.causal, text: "causal", rows: row, columns: row },
    { name: train.arms.prefix, text: `prefix(${m}) | causal`, rows: row, columns: row },
    { name: said.encoder, text: "full", rows: sources, columns: sources },
    { name: said.cross, text: "full", rows: targets, columns: sources },
    { name: said.decoder, text: "causal", rows: targets, columns: targets },
  ];
  const pairs = figures.map(({ text, rows, columns }) => {
    const size = { queries: rows.length, keys: columns.length };
    return visiblePairs(parseMask(text), size);
  }) as [number, number, number, number, number];
  return (
    <>
      <div class="row">
        <Range
          label={said.source}
          value={m}
          onValue={(value) => {
            source.value = value;
          }}
        />
        <Range
          label={said.target}
          value={t}
          onValue={(value) => {
            target.value = value;
          }}
        />
        <a href={`#/mask?m=prefix(${m})+|+causal&q=${m + t}`}>{said.toMasks}</a>
      </div>
      <p class="hidden" id="article-help">
        {said.matrixHelp}
      </p>
      <div class="matrices five">
        {figures.map(({ name, text, rows, columns }) => {
          const size = { queries: rows.length, keys: columns.length };
          const cells = cellsOf(parseMask(text), size);
          const picture = { cells, queryLabels: rows, keyLabels: columns, row: 0, marks: [] };
          return (
            <figure key={name}>
              <figcaption>{name}</figcaption>
              <Matrix name={name} picture={picture} describedBy="article-help" />
            </figure>
          );
        })}
      </div>
      <p role="status">{said.pairs(pairs[0], pairs[1], pairs[2] + pairs[3] + pairs[4])}</p>
    </>
  );
}

const SHORTEST = 2;
const LONGEST = 8;

function Range({
  label,
  value,
  onValue,
}: {
  readonly label: string;
  readonly value: number;
  onValue(value: number): void;
}) {
  return (
    <label class="field">
      <span>
        {label}: {value}
      </span>
      <input
        type="range"
        min={SHORTEST}
        max={LONGEST}
        value={value}
        onInput={({ currentTarget }) => onValue(Number(currentTarget.value))}
      />
    </label>
  );
}
