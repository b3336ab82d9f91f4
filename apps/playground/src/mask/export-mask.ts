import { drawAscii, drawSvg, type Mask, maskToJson, printMask } from "@trivium/masks";
import { blocksOf } from "./facts.ts";
import type { PictureSize } from "./read-mask.ts";

/** A mask with what its exports show. */
export interface ExportedMask extends PictureSize {
  readonly mask: Mask;
  readonly row: number;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
  /** Side of a block; 0 for no block map. */
  readonly block: number;
}

/** The mask as an SVG picture, a text, JSON, and a program of its own. */
export const maskExports = {
  svg: ({ mask, block, ...size }: ExportedMask) => {
    const blocks = block > 0 ? blocksOf(mask, size, block) : undefined;
    return drawSvg(mask, { ...size, row: rowOf(mask, size.row), title: printMask(mask), blocks });
  },
  ascii: ({ mask, ...size }: ExportedMask) =>
    `${drawAscii(mask, { ...size, row: rowOf(mask, size.row), title: printMask(mask) })}\n`,
  json: ({ mask }: ExportedMask) => `${JSON.stringify(maskToJson(mask), undefined, 2)}\n`,
  program: ({
    mask,
    queries,
    keys,
  }: ExportedMask) => `import { density, drawAscii, parseMask, visiblePairs } from "@trivium/masks";

const mask = parseMask(${JSON.stringify(printMask(mask))});
const size = { queries: ${queries}, keys: ${keys} };

console.log(drawAscii(mask, size));
console.log(\`\${visiblePairs(mask, size)} visible pairs, density \${density(mask, size).toFixed(3)}\`);
`,
} as const;

const rowOf = ({ rows }: Mask, row: number): number => Math.min(row, (rows ?? 1) - 1);

export type MaskExport = keyof typeof maskExports;
