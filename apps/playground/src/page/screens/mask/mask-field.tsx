import { signal, useSignal } from "@preact/signals";
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
  const insert = (part: string) => {
    const field = input.current;
    if (!field) return;
    const [start, end] = [field.selectionStart ?? value.length, field.selectionEnd ?? value.length];
    const [before, after] = [value.slice(0, start), value.slice(end)];
    const spaced = `${before}${before === "" || /[\s(!]$/.test(before) ? "" : " "}${part}${part === "!" ? "" : " "}`;
    write({ [key]: `${spaced}${after}`.trimEnd() });
    field.focus();
  };
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
      <div class="row tight" hidden={lastFocused.value !== key && attentions.value.length > 1}>
        <span class="quiet">{said.insert}</span>
        {parts.map((part) => (
          <button key={part} type="button" class="chip" onClick={() => insert(part)}>
            {part}
          </button>
        ))}
      </div>
      {isText ? null : <FindAlgebra attention={attention} />}
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

/** Finds the algebra of a painted mask: the expression, or the nearest one with the cells that differ. */
function FindAlgebra({ attention: { key, source, cells } }: { readonly attention: Attention }) {
  const found = useSignal<{ source: typeof source; text: string; differences: number } | null>(null);
  const { mask: said } = texts.value;
  const result = found.value?.source === source ? found.value : null;
  const isShown = differencesShown.value === result?.text && result !== null;
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
      <span role="status">
        {result === null
          ? ""
          : result.differences === 0
            ? said.found(result.text)
            : said.nearest(result.differences, cells.bits.length, result.text)}
      </span>
      {result === null ? null : (
        <button type="button" onClick={() => write({ [key]: result.text })}>
          {said.take}
        </button>
      )}
      {result === null || result.differences === 0 ? null : (
        <button
          type="button"
          aria-pressed={isShown}
          onClick={() => {
            differencesShown.value = isShown ? undefined : result.text;
          }}
        >
          {isShown ? said.hideDifferences : said.showDifferences}
        </button>
      )}
    </div>
  );
}
