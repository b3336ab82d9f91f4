import { type Signal, useSignal } from "@preact/signals";
import { parseMask, visiblePairs } from "@trivium/masks";
import { cellsOf } from "../../mask/cells.ts";
import { labelsOf } from "../../mask/read-mask.ts";
import { Later } from "../parts/later.tsx";
import { lazy } from "../parts/lazy.tsx";
import { Matrix } from "../parts/matrix.tsx";
import { texts } from "../preferences.ts";

/** The article below its first figure, with what its small runs need. */
const RestOfArticle = lazy(async () => (await import("./article/rest-of-article.tsx")).RestOfArticle);

/** The article on the three architectures, whose figures are alive. */
export function ArticleScreen() {
  const { article: said } = texts.value;
  return (
    <article>
      <h1>{said.title}</h1>
      <p class="prose">{said.intro}</p>
      <h2>{said.whatTitle}</h2>
      <p class="prose">{said.what}</p>
      <ThreeMasks />
      <Later>
        <RestOfArticle />
      </Later>
    </article>
  );
}

/** A mask of the article, with what stands at its rows and columns. */
interface MaskOfArticle {
  readonly name: string;
  readonly text: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

const sizeOf = ({ rows, columns }: MaskOfArticle) => ({ queries: rows.length, keys: columns.length });

/** The masks of the three: one of each decoder, and three of the encoder–decoder. */
function masksOf(m: number, t: number) {
  const { article: said, train } = texts.value;
  const source = labelsOf(said.sample, "characters", m);
  const target = labelsOf(said.answer, "characters", t);
  const row = [...source, ...target];
  return [
    { name: train.arms.causal, text: "causal", rows: row, columns: row },
    { name: train.arms.prefix, text: `prefix(${m}) | causal`, rows: row, columns: row },
    { name: said.encoder, text: "full", rows: source, columns: source },
    { name: said.cross, text: "full", rows: target, columns: source },
    { name: said.decoder, text: "causal", rows: target, columns: target },
  ] as const;
}

/** The masks of the three on the same source and target, whose lengths the reader chooses. */
function ThreeMasks() {
  const { article: said } = texts.value;
  const source = useSignal(4);
  const target = useSignal(4);
  const [m, t] = [source.value, target.value];
  const masks = masksOf(m, t);
  const [causal, prefix, ...pair] = masks.map((one) => visiblePairs(parseMask(one.text), sizeOf(one)));
  const ofPair = pair.reduce((sum, count) => sum + count, 0);
  return (
    <>
      <div class="row">
        <Range label={said.source} length={source} />
        <Range label={said.target} length={target} />
        <a href={`#/mask?m=prefix(${m})+|+causal&q=${m + t}`}>{said.toMasks}</a>
      </div>
      <p class="hidden" id="article-help">
        {said.matrixHelp}
      </p>
      <div class="matrices five">
        {masks.map((one) => (
          <ArticleMask key={one.name} mask={one} />
        ))}
      </div>
      <p role="status">{said.pairs(causal ?? 0, prefix ?? 0, ofPair)}</p>
    </>
  );
}

function ArticleMask({ mask }: { readonly mask: MaskOfArticle }) {
  const { name, text, rows, columns } = mask;
  const cells = cellsOf(parseMask(text), sizeOf(mask));
  const picture = { cells, queryLabels: rows, keyLabels: columns, row: 0, marks: [] };
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <Matrix name={name} picture={picture} describedBy="article-help" />
    </figure>
  );
}

const SHORTEST = 2;
const LONGEST = 8;

function Range({ label, length }: { readonly label: string; readonly length: Signal<number> }) {
  return (
    <label class="field">
      <span>
        {label}: {length.value}
      </span>
      <input
        type="range"
        min={SHORTEST}
        max={LONGEST}
        value={length.value}
        onInput={({ currentTarget }) => {
          length.value = Number(currentTarget.value);
        }}
      />
    </label>
  );
}
