import { texts } from "../../preferences.ts";
import { shownRow, shownStep, view } from "./decode-model.ts";

/** The parts of a cache, in their order. */
const parts = ["sealed", "prompt", "decoded", "free"] as const;

type Part = (typeof parts)[number];

interface Run {
  readonly part: Part | "source";
  readonly start: number;
  readonly count: number;
}

/** Keys and values that are held at the shown step, layer by layer. */
export function CachePicture() {
  const { decode: said } = texts.value;
  const found = view.value;
  const cache = found?.trace.caches[shownStep.value];
  if (!found || !cache) return null;
  const { layers, length, promptLabels } = found.trace;
  const held = cache.rows[shownRow.value.row] ?? { length: 0, sealed: 0 };
  const prompt = Math.max(0, promptLabels.length - held.sealed);
  const counts = {
    sealed: held.sealed,
    prompt,
    decoded: held.length - held.sealed - prompt,
    free: length - held.length,
  };
  const runs = runsOf(counts);
  const { size, free, total } = cache.pages;
  return (
    <section class="panel" aria-labelledby="cache">
      <h2 id="cache">{said.cache}</h2>
      <dl class="caches">
        {Array.from({ length: layers }, (_, layer) => (
          <LayerCache key={layer} name={said.layer(layer)} runs={runs} length={length} />
        ))}
        <SourceMemory count={cache.source} length={length} />
      </dl>
      <PartsOfCache counts={counts} source={cache.source} />
      <p class="quiet">{said.pages(cache.rows.length, total - free, size, cache.bytesCopied)}</p>
    </section>
  );
}

interface PartsOfCacheProps {
  readonly counts: Readonly<Record<Part, number>>;
  /** Positions of the source's memory. */
  readonly source: number;
}

/** The parts of a cache in words, each with its sign. */
function PartsOfCache({ counts, source }: PartsOfCacheProps) {
  const { decode: said } = texts.value;
  return (
    <ul class="plain legend">
      {parts
        .filter((part) => counts[part] > 0 || part === "decoded")
        .map((part) => (
          <li key={part}>
            <Sign part={part} /> {said.parts[part](counts[part])}
          </li>
        ))}
      {source > 0 ? (
        <li>
          <Sign part="source" /> {said.sourceMemory(source)}
        </li>
      ) : null}
    </ul>
  );
}

/** The keys and values of a source of its own, which cross-attention reads. */
function SourceMemory({ count, length }: { readonly count: number; readonly length: number }) {
  if (count === 0) return null;
  const runs = [{ part: "source", start: 0, count }] as const;
  return <LayerCache name={texts.value.decode.memory} runs={runs} length={Math.max(length, count)} />;
}

function runsOf(counts: Readonly<Record<Part, number>>): Run[] {
  let start = 0;
  return parts.map((part) => {
    const run = { part, start, count: counts[part] };
    start += run.count;
    return run;
  });
}

const HEIGHT = 10;

function LayerCache({
  name,
  runs,
  length,
}: {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly length: number;
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <svg class="cache" viewBox={`0 0 ${length} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {runs.map(({ part, start, count }) => (
            <rect key={part} class={part} x={start} width={Math.max(0, count)} height={HEIGHT} />
          ))}
        </svg>
      </dd>
    </>
  );
}

const Sign = ({ part }: { readonly part: Run["part"] }) => (
  <svg class="cache sign-of-part" viewBox="0 0 10 10" width="12" height="12" aria-hidden="true">
    <rect class={part} width="10" height="10" />
  </svg>
);
