import { differencesOf } from "../../../mask/leaks.ts";
import { readMask } from "../../../mask/read-mask.ts";
import { texts } from "../../preferences.ts";
import { FieldError } from "./mask-field.tsx";
import { attentions, change, state } from "./mask-model.ts";

/** Compares the mask of one stream with the mask that says what should be seen. */
export function ComparePanel() {
  const { compare: said } = texts.value.mask;
  const [attention] = attentions.value;
  const { s, z, y, l } = state.value;
  const isSquare = attention?.size.queries === attention?.size.keys;
  if (s === "two" || !attention || !isSquare) return null;
  const expected = z === "" ? undefined : readMask(z, attention.size);
  const layers = l === "yes" ? y : 1;
  return (
    <section class="panel" aria-labelledby="compare">
      <h2 id="compare">{said.title}</h2>
      <label class="field" for="expected">
        <span>{said.help}</span>
        <input
          id="expected"
          class="algebra"
          value={z}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={expected?.error !== undefined}
          onInput={({ currentTarget }) => change({ z: currentTarget.value })}
        />
      </label>
      {expected?.error ? <FieldError id="expected-error" error={expected.error} /> : null}
      {expected?.mask ? <Differences expected={expected.mask} layers={layers} /> : null}
    </section>
  );
}

function Differences({
  expected,
  layers,
}: {
  readonly expected: Parameters<typeof differencesOf>[1];
  readonly layers: number;
}) {
  const { compare: said } = texts.value.mask;
  const [attention] = attentions.value;
  if (!attention) return null;
  const found = tryDifferences(() =>
    differencesOf(attention.mask, expected, { length: attention.size.queries, layers }),
  );
  if ("error" in found) return <p class="error">{found.error}</p>;
  if (found.blind.length + found.trespass.length === 0) return <p role="status">{said.same}</p>;
  return (
    <div class="scroll" role="status">
      {(["blind", "trespass"] as const)
        .filter((kind) => found[kind].length > 0)
        .map((kind) => (
          <div key={kind}>
            <h3 class="quiet">
              {said[kind]} {said.through(layers)}
            </h3>
            <ul class="plain code">
              {found[kind].map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        ))}
    </div>
  );
}

/** Masks of different rows cannot be compared: that is said instead. */
function tryDifferences<Found extends object>(look: () => Found): Found | { readonly error: string } {
  try {
    return look();
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
