import { LARGEST } from "../../../mask/cells.ts";
import { Control, NumberControl, SelectControl } from "../../parts/controls.tsx";
import { texts } from "../../preferences.ts";
import { attentions, canRedo, canUndo, change, redo, state, undo, write } from "./mask-model.ts";

const presets = {
  causal: { s: "one", m: "causal" },
  prefix: { s: "one", m: "prefix(4) | causal" },
  encoder: { s: "one", m: "full" },
  window: { s: "one", m: "causal & window(2)" },
  packed: { s: "one", m: "packed(prefix([2,3]) | causal; 0,0,0,1,1,1,1,1)" },
  pair: { s: "two", m: "causal", e: "full", c: "full" },
} as const;

/** Masks that are known by a name, and the way back. */
export function Presets() {
  const { mask: said } = texts.value;
  return (
    <div class="row tight">
      <span class="quiet">{said.presets}</span>
      {(Object.keys(presets) as (keyof typeof presets)[]).map((name) => (
        <button key={name} type="button" onClick={() => write(presets[name])}>
          {said.presetNames[name]}
        </button>
      ))}
      <button type="button" disabled={!canUndo.value} onClick={undo}>
        {said.undo}
      </button>
      <button type="button" disabled={!canRedo.value} onClick={redo}>
        {said.redo}
      </button>
    </div>
  );
}

/** The size of the picture, what stands at its rows, and its blocks. */
export function MaskControls() {
  const { mask: said } = texts.value;
  const { s, b, r } = state.value;
  const rows = attentions.value.reduce((most, { mask }) => Math.max(most, mask.rows ?? 1), 1);
  return (
    <div class="row">
      <SelectControl
        label={said.streams.label}
        value={s}
        options={(["one", "two"] as const).map((one) => [one, said.streams[one]] as const)}
        onValue={(chosen) => change({ s: chosen })}
      />
      <SizeControls />
      {rows > 1 ? (
        <NumberControl
          label={said.row}
          value={Math.min(r, rows - 1)}
          least={0}
          most={rows - 1}
          onValue={(value) => change({ r: value })}
        />
      ) : null}
      <SelectControl
        label={said.blocks}
        value={b}
        options={[0, 2, 4, 8, 16, 32, 64].map((side) => [side, side === 0 ? said.noBlocks : String(side)] as const)}
        onValue={(value) => change({ b: value })}
      />
      <LabelControls />
    </div>
  );
}

/** Lengths of the streams: queries and keys of one, target and source of two. */
function SizeControls() {
  const { mask: said } = texts.value;
  const { s, q, k, n } = state.value;
  const size = { least: 1, most: LARGEST };
  if (s === "two") {
    return (
      <>
        <NumberControl {...size} label={said.source} value={n} onValue={(value) => change({ n: value })} />
        <NumberControl {...size} label={said.target} value={q} onValue={(value) => change({ q: value })} />
      </>
    );
  }
  return (
    <>
      <NumberControl {...size} label={said.queries} value={q} onValue={(value) => change({ q: value })} />
      <NumberControl
        {...size}
        label={said.keys}
        value={k}
        placeholder={{ of: 0, text: said.asQueries }}
        onValue={(value) => change({ k: value })}
      />
    </>
  );
}

/** The reader's own text at the rows and columns. */
function LabelControls() {
  const { mask: said } = texts.value;
  const { t, u } = state.value;
  return (
    <>
      <Control label={said.ownText}>
        <input value={t} maxLength={1000} onInput={({ currentTarget }) => change({ t: currentTarget.value })} />
      </Control>
      <SelectControl
        label={said.unit}
        value={u}
        options={(["characters", "words"] as const).map((unit) => [unit, said[unit]] as const)}
        onValue={(value) => change({ u: value })}
      />
    </>
  );
}
