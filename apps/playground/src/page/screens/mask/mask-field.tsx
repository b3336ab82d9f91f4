import { signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { findMask } from "../../../mask/find-mask.ts";
import { type MaskError, shownText } from "../../../mask/read-mask.ts";
import { texts } from "../../preferences.ts";
import { differencesShown } from "./mask-marks.ts";
import { type Attention, attentions, type MaskKey, write } from "./mask-model.ts";

/** What may stand in a mask, to insert by a click. */
const parts = ["causal", "prefix(4)", "window(2)", "padding(6)", "full", "documents(0,0,0,1,1)", "&", "|", "!"];

/** The field that had the focus last: parts are inserted there. */
const lastFocused = signal<MaskKey>("m");

/** The algebra of a mask as a field: what is wrong stands under it, at its token. */
export function MaskField({ attention }: { readonly attention: Attention }) {
  const { mask: said } = texts.value;
  const { key, name, source, read } = attention;
  const input = useRef<HTMLInputElement>(null);
  const id = `algebra-${key}`;
  const isText = typeof source === "string";
  const value = isText ? source : (shownText(attention.mask, attention.size) ?? "");
  return (
    <div>
      <label class="field" for={id}>
        <span>{said.algebraOf[name]}</span>
        <input
          id={id}
          ref={input}
          class="algebra"
          value={value}
          placeholder={isText ? "" : said.painted(attention.size.queries, attention.size.keys)}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={read.error !== undefined}
          aria-describedby={read.error ? `${id}-error` : undefined}
          onFocus={() => {
            lastFocused.value = key;
          }}
          onInput={({ currentTarget }) => write({ [key]: currentTarget.value }, { isTyped: true })}
        />
      </label>
      {read.error ? <FieldError id={`${id}-error`} error={read.error} /> : <p class="error" />}
      <InsertParts field={input} of={key} />
      {isText ? null : <FindAlgebra attention={attention} />}
    </div>
  );
}

interface InsertPartsProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly of: MaskKey;
}

/** Parts of masks, each of which a click inserts where the field has its cursor. */
function InsertParts({ field, of }: InsertPartsProps) {
  const insert = (part: string) => {
    const input = field.current;
    if (!input) return;
    const { value } = input;
    const [start, end] = [input.selectionStart ?? value.length, input.selectionEnd ?? value.length];
    const [before, after] = [value.slice(0, start), value.slice(end)];
    const spaced = `${before}${before === "" || /[\s(!]$/.test(before) ? "" : " "}${part}${part === "!" ? "" : " "}`;
    write({ [of]: `${spaced}${after}`.trimEnd() });
    input.focus();
  };
  return (
    <div class="row tight" hidden={lastFocused.value !== of && attentions.value.length > 1}>
      <span class="quiet">{texts.value.mask.insert}</span>
      {parts.map((part) => (
        <button key={part} type="button" class="chip" onClick={() => insert(part)}>
          {part}
        </button>
      ))}
    </div>
  );
}

/** An error of an algebra: the text with the wrong token underlined, and what was expected there. */
export function FieldError({ id, error }: { readonly id: string; readonly error: MaskError }) {
  const { column, before, token, after, message } = error;
  return (
    <p class="error" id={id} role="status">
      <code>
        {before}
        <mark>{token === "" ? "␣" : token}</mark>
        {after}
      </code>
      <br />
      {texts.value.mask.atColumn(column)}: {message}
    </p>
  );
}

/** An algebra that was found for painted cells. */
interface FoundAlgebra {
  readonly text: string;
  readonly differences: number;
}

/** Finds the algebra of a painted mask: the expression, or the nearest one with the cells that differ. */
function FindAlgebra({ attention: { key, source, cells } }: { readonly attention: Attention }) {
  const found = useSignal<(FoundAlgebra & { source: typeof source }) | null>(null);
  const { mask: said } = texts.value;
  const result = found.value?.source === source ? found.value : null;
  return (
    <div class="row tight">
      <button
        type="button"
        class="main"
        onClick={() => {
          found.value = { source, ...findMask(cells) };
        }}
      >
        {said.find}
      </button>
      <span role="status">{result === null ? "" : foundText(result, cells.bits.length)}</span>
      {result === null ? null : (
        <button type="button" onClick={() => write({ [key]: result.text })}>
          {said.take}
        </button>
      )}
      {result === null || result.differences === 0 ? null : <ShowDifferences text={result.text} />}
    </div>
  );
}

function foundText({ text, differences }: FoundAlgebra, cells: number): string {
  const { mask: said } = texts.value;
  return differences === 0 ? said.found(text) : said.nearest(differences, cells, text);
}

function ShowDifferences({ text }: { readonly text: string }) {
  const { mask: said } = texts.value;
  const isShown = differencesShown.value === text;
  return (
    <button
      type="button"
      aria-pressed={isShown}
      onClick={() => {
        differencesShown.value = isShown ? undefined : text;
      }}
    >
      {isShown ? said.hideDifferences : said.showDifferences}
    </button>
  );
}
