import { describe, test } from "vitest";
import type { Mask, MaskPlugins } from "../mask.ts";
import { checkMask, type MaskTest, maskTests } from "./mask-checks.ts";

export type { MaskTest };

export interface DescribeMaskOptions {
  /** Size of the matrix that is looked at. Default 23 × 29: no multiple of any block. */
  readonly queries?: number;
  readonly keys?: number;
  /** The plugins that make the mask's custom parts, for the way through JSON. */
  readonly plugins?: MaskPlugins;
  /** Tests that do not apply, by name, each with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly MaskTest[] }[];
}

/**
 * The conformance suite of masks: run it over your own.
 *
 * @param name - for the test report.
 * @param create - makes the mask; called anew in every test.
 * @example describeMask("dilated(3)", () => dilated.create({ stride: 3 }), { plugins: [dilated] })
 */
export function describeMask(name: string, create: () => Mask, options: DescribeMaskOptions = {}): void {
  const { queries = 23, keys = 29, plugins = [], skip = [] } = options;
  describe(`mask ${name}`, () => {
    for (const title of maskTests) {
      const reason = skip.find(({ tests }) => tests.includes(title))?.reason;
      if (reason === undefined) test(title, () => checkMask(title, { create, queries, keys, plugins }));
      else test.skip(`${title} (${reason})`, () => {});
    }
  });
}
