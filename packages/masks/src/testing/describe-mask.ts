import { describe, test } from "vitest";
import { not } from "../algebra/not.ts";
import type { Mask } from "../mask.ts";
import { type MaskPlugins, mask } from "../mask-plugin.ts";
import { causal } from "../primitives/causal.ts";
import { full } from "../primitives/full.ts";
import { prefix } from "../primitives/prefix.ts";
import { window } from "../primitives/window.ts";
import { printMask } from "../writing/print-mask.ts";
import { checkMask, type MaskTest, maskTests } from "./mask-checks.ts";

export type { MaskTest };

export interface DescribeMaskOptions {
  /** Queries of the matrix that is looked at. Default 23: no multiple of any block. */
  readonly queries?: number | undefined;
  /** Keys of the matrix that is looked at. Default 29. */
  readonly keys?: number | undefined;
  /** The plugins that make parts of the mask, for the ways through JSON and text. */
  readonly plugins?: MaskPlugins | undefined;
  /** Number of masks that `create` combines. Default 0. */
  readonly children?: number | undefined;
  /** Batch rows of a child that has rows; `null` for a combinator whose children have none. Default 2. */
  readonly childRows?: number | null | undefined;
  /** Tests that do not apply, by name, each with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly MaskTest[] }[] | undefined;
}

/**
 * The conformance suite of masks: run it over your own. A combinator is tested over children of many kinds: empty, full,
 * narrow, different by row and by head, and without a verdict on any block.
 *
 * @param name - for the test report.
 * @param create - makes the mask, of as many children as `options.children` says; called anew in every test.
 * @example describeMask("dilated(3)", () => dilated.create({ stride: 3 }), { plugins: [dilated] })
 * @example describeMask("shifted", (inner) => shifted.create({ by: 1 }, [inner]), { plugins: [shifted], children: 1 })
 */
export function describeMask(
  name: string,
  create: (...children: Mask[]) => Mask,
  options: DescribeMaskOptions = {},
): void {
  const { queries = 23, keys = 29, plugins: given = [], children = 0, childRows = 2, skip = [] } = options;
  const plugins = [...("plugins" in given ? given.plugins : given), byHead];
  for (const masks of children === 0 ? [[]] : childrenOf(children, childRows)) {
    const over = masks.map((one) => printMask(one)).join(", ");
    describe(`mask ${name}${over && ` of ${over}`}`, () => {
      for (const title of maskTests) {
        const reason = skip.find(({ tests }) => tests.includes(title))?.reason;
        if (reason !== undefined) test.skip(`${title} (${reason})`, () => {});
        else test(title, () => checkMask(title, { create: () => create(...masks), queries, keys, plugins }));
      }
    });
  }
}

/** A child that differs by head and never gives a verdict. */
const byHead = mask("conformance-by-head", () => ({
  heads: 2,
  visible: (_b, h, q, k) => (h === 0 ? k <= q : q < k + 3),
}));

/** Sets of children in which each kind stands in each place. */
function childrenOf(count: number, rows: number | null): Mask[][] {
  const lengths = Array.from({ length: rows ?? 0 }, (_, row) => 3 + 5 * row);
  const byRow = rows === null ? [] : [prefix({ lengths })];
  const kinds = [full(), not(full()), causal(), window({ left: 2, right: 1 }), byHead.create(), ...byRow];
  return kinds.map((_, at) => Array.from({ length: count }, (__, place) => kinds[(at + place) % kinds.length] as Mask));
}
