import { useSignal } from "@preact/signals";
import { runsOf } from "../../mask/read-mask.ts";
import { Explain } from "../parts/explain.tsx";
import { Later } from "../parts/later.tsx";
import { Matrix, placeText } from "../parts/matrix.tsx";
import { ScreenHead } from "../parts/screen-head.tsx";
import { texts } from "../preferences.ts";
import { ComparePanel } from "./mask/compare-panel.tsx";
import { ExportMenu } from "./mask/export-menu.tsx";
import { LeakPanel } from "./mask/leak-panel.tsx";
import { MaskControls, Presets } from "./mask/mask-controls.tsx";
import { MaskFacts } from "./mask/mask-facts.tsx";
import { MaskField } from "./mask/mask-field.tsx";
import { marksOf } from "./mask/mask-marks.ts";
import {
  type Attention,
  attentions,
  blocksOfAttention,
  problems,
  redo,
  state,
  undo,
  write,
} from "./mask/mask-model.ts";

const undoKeys = (event: KeyboardEvent): void => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (isTyping || !(event.ctrlKey || event.metaKey)) return;
  const pressed = event.key.toLowerCase();
  if (pressed !== "z" && pressed !== "y") return;
  event.preventDefault();
  if (pressed === "y" || event.shiftKey) redo();
  else undo();
};

/** Attention masks to write, to paint and to look into. */
export function MaskScreen() {
  const { mask: said } = texts.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of what is inside, to undo and redo.
    <div onKeyDown={undoKeys}>
      <ScreenHead title={said.title} intro={said.intro} problems={problems.value} />
      <Explain screen="mask" steps={said.explain} />
      <Presets />
      {attentions.value.map((attention) => (
        <MaskField key={attention.key} attention={attention} />
      ))}
      <MaskControls />
      <div class="columns">
        <div>
          <p class="quiet" id="matrix-help">
            {said.matrixHelp}
          </p>
          <div class="matrices">
            {attentions.value.map((attention) => (
              <MaskFigure key={attention.name} attention={attention} />
            ))}
          </div>
        </div>
        <Later>
          <MaskFacts />
        </Later>
      </div>
      <Later>
        <LeakPanel />
        <ComparePanel />
        <ExportMenu />
      </Later>
    </div>
  );
}

/** One mask as a matrix, and as a list for those who read it better. */
function MaskFigure({ attention }: { readonly attention: Attention }) {
  const { mask: said } = texts.value;
  const { name, key, cells, queryLabels, keyLabels } = attention;
  const picture = {
    cells,
    queryLabels,
    keyLabels,
    row: state.value.r,
    blocks: blocksOfAttention(attention),
    marks: marksOf(attention),
  };
  return (
    <figure>
      <figcaption>{said.matrix[name]}</figcaption>
      <Matrix
        name={said.matrix[name]}
        picture={picture}
        describedBy="matrix-help"
        onPaint={(painted) => write({ [key]: painted })}
      />
      <AsList attention={attention} />
    </figure>
  );
}

/** The keys that each query of a mask sees, in words. They are written when the reader opens the list. */
function AsList({ attention: { cells, size, queryLabels } }: { readonly attention: Attention }) {
  const { mask: said } = texts.value;
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{said.asList}</summary>
      {isOpen.value ? (
        <ul class="plain scroll code">
          {runsOf(size, cells.bits).map((runs, query) => (
            <li key={query}>{said.sees(placeText(query, queryLabels), runs)}</li>
          ))}
        </ul>
      ) : null}
    </details>
  );
}
