import { useSignal } from "@preact/signals";
import { type MaskExport, maskExports } from "../../../mask/export-mask.ts";
import { SelectControl } from "../../parts/controls.tsx";
import { download } from "../../parts/download.ts";
import { drawMatrix } from "../../parts/draw-matrix.ts";
import { inkOfPage } from "../../parts/ink.ts";
import { layoutOf } from "../../parts/matrix-layout.ts";
import { texts } from "../../preferences.ts";
import { marksOf } from "./mask-marks.ts";
import { type Attention, attentions, blocksOfAttention, state } from "./mask-model.ts";

const files: Readonly<Record<MaskExport, readonly [name: string, type: string]>> = {
  svg: ["mask.svg", "image/svg+xml"],
  ascii: ["mask.txt", "text/plain"],
  json: ["mask.json", "application/json"],
  program: ["mask.ts", "text/plain"],
};

/** Writes a mask of the picture to a file. */
export function ExportMenu() {
  const { export: said, matrix } = texts.value.mask;
  const chosen = useSignal(0);
  const all = attentions.value;
  const attention = all[Math.min(chosen.value, all.length - 1)];
  if (!attention) return null;
  return (
    <section class="panel" aria-labelledby="export">
      <h2 id="export">{said.title}</h2>
      {all.length > 1 ? (
        <div class="row">
          <SelectControl
            label={said.which}
            value={chosen.value}
            options={all.map(({ name }, at) => [at, matrix[name]] as const)}
            onValue={(at) => {
              chosen.value = at;
            }}
          />
        </div>
      ) : null}
      <div class="row tight">
        <button type="button" onClick={() => void writePng(attention)}>
          {said.png}
        </button>
        {(["svg", "ascii", "json", "program"] as const).map((kind) => (
          <button key={kind} type="button" onClick={() => writeText(kind, attention)}>
            {said[kind]}
          </button>
        ))}
      </div>
    </section>
  );
}

function writeText(kind: MaskExport, { mask, size, queryLabels, keyLabels }: Attention): void {
  const [name, type] = files[kind];
  const { r: row, b: block } = state.peek();
  download(name, new Blob([maskExports[kind]({ mask, ...size, row, block, queryLabels, keyLabels })], { type }));
}

/** Pixels of a picture's side for each pixel of the page. */
const SCALE = 3;

async function writePng(attention: Attention): Promise<void> {
  const { cells, queryLabels, keyLabels } = attention;
  const row = state.peek().r;
  const picture = {
    cells,
    queryLabels,
    keyLabels,
    row,
    blocks: blocksOfAttention(attention),
    marks: marksOf(attention),
  };
  const layout = layoutOf(picture, 1200);
  const canvas = document.createElement("canvas");
  canvas.width = layout.width * SCALE;
  canvas.height = layout.height * SCALE;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(SCALE, SCALE);
  drawMatrix(context, picture, layout, inkOfPage());
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob) download("mask.png", blob);
}
