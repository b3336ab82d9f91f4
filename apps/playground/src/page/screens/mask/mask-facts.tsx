import { countBlocks, factsOf } from "../../../mask/facts.ts";
import { NumberControl } from "../../parts/controls.tsx";
import { texts } from "../../preferences.ts";
import { type Attention, attentions, blocksOfAttention, change, state } from "./mask-model.ts";

/** What is counted of every mask of the picture. */
export function MaskFacts() {
  const { facts } = texts.value.mask;
  const { d, h } = state.value;
  return (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">{facts.title}</h2>
      {attentions.value.map((attention) => (
        <FactsOfMask key={attention.name} attention={attention} />
      ))}
      <div class="row">
        <NumberControl
          label={facts.headWidth}
          value={d}
          least={1}
          most={1024}
          onValue={(value) => change({ d: value })}
        />
        <NumberControl label={facts.heads} value={h} least={1} most={256} onValue={(value) => change({ h: value })} />
      </div>
    </section>
  );
}

function FactsOfMask({ attention }: { readonly attention: Attention }) {
  const { facts: said, matrix, blockLegend } = texts.value.mask;
  const { d, h, s, r } = state.value;
  const facts = factsOf(attention.mask, attention.size, { headWidth: d, heads: h });
  const blocks = blocksOfAttention(attention);
  const counted = blocks && countBlocks(blocks, r);
  return (
    <>
      {s === "two" ? <h3 class="quiet">{matrix[attention.name]}</h3> : null}
      <dl>
        <dt>{said.pairs}</dt>
        <dd data-fact="pairs">{said.pairsOf(facts.pairs, facts.all)}</dd>
        <dt>{said.density}</dt>
        <dd>{said.percent(facts.density)}</dd>
        <dt>{said.flops}</dt>
        <dd>{said.flopsOf(facts.forward)}</dd>
        <dt>{said.backward}</dt>
        <dd>{said.flopsOf(facts.forward + facts.backward)}</dd>
        <dt>{said.plan}</dt>
        <dd>{facts.noIntervals === undefined ? said.intervals : said.noIntervals(facts.noIntervals)}</dd>
      </dl>
      {counted ? <p class="quiet">{blockLegend(counted.full, counted.partial, counted.empty)}</p> : null}
      {attention.mask.rows === null ? null : <p class="quiet">{said.rows(attention.mask.rows)}</p>}
    </>
  );
}
