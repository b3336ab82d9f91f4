import type { Mask } from "@trivium/masks";
import {
  type BlockMap,
  density,
  drawAscii,
  drawSvg,
  parseMask,
  printMask,
  toBlocks,
  visiblePairs,
} from "@trivium/masks";
import type { Command } from "commander";
import { defineCommand } from "../command-context.ts";
import { parseCount } from "../parse-count.ts";

export function maskCommand(program: Command): void {
  const command = program
    .command("mask")
    .argument("<mask>", 'for example "prefix(3) | causal" or "(prefix(4)|causal) & documents(0,0,0,1,1)"')
    .description("Draw a mask with its visible pairs, density and block map.")
    .option("--queries <count>", "query positions", "8")
    .option("--keys <count>", "key positions. Default: as many as queries")
    .option("--block <count>", "positions of a block. Default: an eighth of the queries")
    .option("--row <index>", "batch row to draw", "0")
    .option("--svg", "print an SVG picture instead", false);
  defineCommand(command, async ({ positional, flags, registry, output }) => {
    const plugins = await registry();
    const queries = parseCount("queries", flags.queries);
    const keys = parseCount("keys", flags.keys ?? queries);
    const block = parseCount("block", flags.block ?? Math.max(1, Math.ceil(queries / 8)));
    const row = parseCount("row", flags.row, 0);
    const mask = parseMask(positional[0] as string, { plugins: plugins.list("mask") as never }) as Mask;
    const size = { queries, keys };
    const blocks = blockRows(toBlocks(mask, { ...size, blockQueries: block, blockKeys: block, exact: true }), row);
    const facts = {
      mask: printMask(mask),
      ...size,
      visiblePairs: visiblePairs(mask, size),
      density: density(mask, size),
      block,
      blocks,
    };
    output.result(facts, () => {
      if (flags.svg) return drawSvg(mask, { ...size, row });
      const pairs = `${facts.visiblePairs} visible pairs, density ${facts.density.toFixed(3)}`;
      return [
        drawAscii(mask, { ...size, row, title: facts.mask }),
        "",
        pairs,
        "",
        `blocks of ${block} (█ full, ▒ partial, · empty)`,
        ...blocks,
      ].join("\n");
    });
  });
}

function blockRows(map: BlockMap, row: number): string[] {
  const { forward } = map.at(Math.min(row, map.rows - 1), 0);
  return Array.from({ length: map.queryBlocks }, (_, query) =>
    Array.from({ length: map.keyBlocks }, (_, key) => {
      if (forward.full[query]?.includes(key)) return "█";
      return forward.partial[query]?.includes(key) ? "▒" : "·";
    }).join(""),
  );
}
