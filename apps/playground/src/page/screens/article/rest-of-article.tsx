import { useEffect } from "preact/hooks";
import { claims, type PageClaim } from "../../claims.ts";
import { texts } from "../../preferences.ts";
import { pause } from "../train/train-model.ts";
import { Weakness } from "./weakness.tsx";

/** The architectures against which a claim is held, and the claims in the order of the article. */
const groups = [
  ["causal", ["one-sided-context", "prompt-encoding", "in-context-learning"]],
  ["prefix", ["prefix-supervision", "attention-cost", "mask-difficulty", "prefix-use"]],
  ["encoder-decoder", ["parameters-and-compute", "training-efficiency", "long-input", "zero-shot"]],
] as const;

const grouped: readonly string[] = groups.flatMap(([, ids]) => ids);
/** Claims that are held against no architecture of the three alone. */
const others = claims.filter(({ id }) => !grouped.includes(id));

/** The article below its first figure. */
export function RestOfArticle() {
  // What nobody sees does not go on.
  useEffect(() => pause, []);
  const { article: said, train } = texts.value;
  return (
    <>
      <h2>{said.costTitle}</h2>
      <p class="prose">{said.cost}</p>
      <h2>{said.trainTitle}</h2>
      <p class="prose">{said.train}</p>
      <p>
        <a href="#/train">{said.toTrain}</a>
      </p>
      <h2>{said.insideTitle}</h2>
      <p class="prose">{said.inside}</p>
      <p class="row">
        <a href="#/look">{said.toLook}</a>
        <a href="#/decode">{said.toDecode}</a>
      </p>
      <h2>{said.weakTitle}</h2>
      <p class="prose">{said.weak}</p>
      {groups.map(([name, ids]) => (
        <Claims
          key={name}
          id={name}
          title={train.arms[name]}
          shown={claims.filter((one) => ids.some((id) => id === one.id))}
        />
      ))}
      <Claims id="all" title={said.otherClaims} shown={others} />
    </>
  );
}

interface ClaimsProps {
  readonly id: string;
  readonly title: string;
  readonly shown: readonly PageClaim[];
}

/** Claims under a title; nothing where there are none. */
function Claims({ id, title, shown }: ClaimsProps) {
  if (shown.length === 0) return null;
  return (
    <section class="panel" aria-labelledby={`against-${id}`}>
      <h3 id={`against-${id}`}>{title}</h3>
      {shown.map((claim) => (
        <Weakness key={claim.id} claim={claim} />
      ))}
    </section>
  );
}
