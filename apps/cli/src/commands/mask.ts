import { once } from "node:events";
import { ConfigError } from "@trivium/core";
import {
  type BlockMap,
  density,
  drawAscii,
  drawSvg,
  type Mask,
  parseMask,
  printMask,
  toBlocks,
  visiblePairs,
} from "@trivium/masks";
import { type MaskView, maskAddress, openInBrowser, servePlayground } from "@trivium/playground";
import type { Command } from "commander";
import { type CommandContext, defineCommand } from "../command-context.ts";
import type { Output } from "../output.ts";
import { parseCount } from "../parse-count.ts";

/** A larger matrix is not drawn: it would not fit on a screen. */
const largestDrawing = 256;

export function maskCommand(program: Command): void {
  const command = program
    .command("mask")
    .argument("<mask>", 'for example "prefix(3) | causal" or "(prefix(4)|causal) & documents(0,0,0,1,1)"')
    .description("Draw a mask with its visible pairs, density and block map.")
    .option("--queries <count>", "query positions", "8")
    .option("--keys <count>", "key positions. Default: as many as queries")
    .option("--block <count>", "positions of a block. Default: an eighth of the queries")
    .option("--row <index>", "batch row to draw", "0")
    .option("--svg", "draw as an SVG picture", false)
    .option("--open", "open it in the playground, a page on this machine, until Ctrl-C", false);
  defineCommand(command, showMask);
}

async function showMask({ positional, flags, registry, output }: CommandContext): Promise<void> {
  const queries = parseCount("queries", flags.queries);
  const keys = parseCount("keys", flags.keys ?? queries);
  const block = parseCount("block", flags.block ?? Math.max(1, Math.ceil(queries / 8)));
  const row = parseCount("row", flags.row, 0);
  const plugins = await registry();
  const mask = parseMask(positional[0] as string, { plugins });
  assertRow(mask, row);
  if (flags.open) return openMask({ mask, queries, keys, row, block: flags.block ? block : 0 }, output);
  const size = { queries, keys };
  const blocks = drawBlocks(toBlocks(mask, { ...size, blockQueries: block, blockKeys: block, exact: true }), row);
  const [pairs, share] = [visiblePairs(mask, size), density(mask, size)];
  const facts = { mask: printMask(mask, { plugins }), ...size, visiblePairs: pairs, density: share, block, blocks };
  const svg = flags.svg ? drawSvg(mask, { ...size, row }) : undefined;
  output.result({ ...facts, svg }, () => {
    const summary = `${pairs.toLocaleString("en")} visible pairs, density ${share.toFixed(3)}`;
    const legend = `blocks of ${block} (█ full, ▒ partial, · empty)`;
    return svg ?? [drawing(mask, { ...size, row, title: facts.mask }), "", summary, "", legend, ...blocks].join("\n");
  });
}

/** Shows a mask in the playground until the command is ended. @throws {ConfigError} `cli/open` for one that is too large. */
async function openMask(view: MaskView, output: Output): Promise<void> {
  const most = Math.max(view.queries, view.keys);
  if (most > largestDrawing) {
    const message = `--open shows at most ${largestDrawing} positions, got ${most}; ask for fewer --queries and --keys`;
    throw new ConfigError("cli/open", message);
  }
  const server = await servePlayground();
  const url = `${server.url}${maskAddress(view)}`;
  output.note("Ctrl-C ends it");
  output.result({ url }, () => url);
  openInBrowser(url);
  await Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  server.close();
}

/** @throws {ConfigError} `cli/row` */
function assertRow({ rows }: Mask, row: number): void {
  if (rows === null || row < rows) return;
  throw new ConfigError("cli/row", `--row is a number from 0 to ${rows - 1}: the mask has ${rows} rows, got ${row}`);
}

function drawing(mask: Mask, options: Parameters<typeof drawAscii>[1] & { readonly title: string }): string {
  if (Math.max(options.queries, options.keys) <= largestDrawing) return drawAscii(mask, options);
  return `${options.title}\n(more than ${largestDrawing} positions are not drawn)`;
}

/** One character a block, in lines of query blocks. */
function drawBlocks(map: BlockMap, row: number): string[] {
  // A mask that is the same for all rows has the blocks of one.
  const { forward } = map.at(Math.min(row, map.rows - 1), 0);
  return Array.from({ length: map.queryBlocks }, (_, query) => {
    const [full, partial] = [new Set(forward.full[query]), new Set(forward.partial[query])];
    const symbol = (key: number) => (full.has(key) ? "█" : partial.has(key) ? "▒" : "·");
    return Array.from({ length: map.keyBlocks }, (_, key) => symbol(key)).join("");
  });
}
