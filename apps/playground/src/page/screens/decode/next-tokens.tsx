import type { Continuation } from "@trivium/generate";
import { texts } from "../../preferences.ts";
import { give, givenIds, shownRow, shownStep, view } from "./decode-model.ts";

/** The most probable next tokens, of which each may be chosen to go on with. */
export function NextTokens() {
  const { decode: said } = texts.value;
  const found = view.value;
  const { row, ids } = shownRow.value;
  const step = found?.steps[shownStep.value];
  if (!found || !step) return null;
  const isGiven = shownStep.value < givenIds.value.length;
  const chosen = found.answer[shownStep.value];
  return (
    <section class="panel" aria-labelledby="next-tokens">
      <h2 id="next-tokens">{said.next}</h2>
      <p class="quiet">
        {isGiven ? said.given : said.entropy(step.entropies[row] ?? 0)}
        {step.candidates.length > 1 ? ` · ${said.row(row, step.candidates.length)}` : ""}
      </p>
      <ol class="plain bars">
        {tokensOf(row, isGiven).map(({ id, logProbability }) => (
          <TokenBar
            key={id}
            label={found.trace.labels[id] ?? String(id)}
            share={Math.exp(logProbability)}
            isChosen={id === chosen}
            onChoose={() => give([...ids, id])}
          />
        ))}
      </ol>
      <p class="quiet">{said.choose}</p>
    </section>
  );
}

/** The tokens that the row may go on with; where a token was given, those of the model itself. */
function tokensOf(row: number, isGiven: boolean): readonly Continuation[] {
  const found = view.value;
  const tokens = found?.trace.events.filter((event) => event.type === "token") ?? [];
  const own = isGiven ? tokens[shownStep.value]?.top : undefined;
  return (own ?? found?.steps[shownStep.value]?.candidates[row] ?? []).filter(
    ({ logProbability }) => logProbability > -Infinity,
  );
}

interface TokenBarProps {
  readonly label: string;
  readonly share: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

const TokenBar = ({ label, share, isChosen, onChoose }: TokenBarProps) => (
  <li>
    <button type="button" class="bar" aria-pressed={isChosen} onClick={onChoose}>
      <span class="code">{label}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * share} height="10" />
      </svg>
      <span class="number">{share < 0.0005 ? texts.value.decode.hardly : texts.value.train.percent(share)}</span>
    </button>
  </li>
);
