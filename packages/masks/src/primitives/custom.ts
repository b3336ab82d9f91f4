import { ConfigError } from "@trivium/core";
import { createMask } from "../create-mask.ts";
import type { Mask } from "../mask.ts";

export interface CustomOptions {
  /** What the plugin of this name needs to make the mask again: plain JSON, kept in the spec. */
  readonly options?: unknown;
  readonly rows?: number | null;
  readonly heads?: number | null;
  /** Lets kernels skip blocks. Without it every block is looked at pair by pair. */
  readonly classify?: Mask["classify"];
}

/**
 * A mask of your own. Name and options are its identity: give the same ones only to the same predicate.
 *
 * It can be written to JSON and text if a mask plugin of that name exists, whose `create(options)` returns it.
 *
 * @param name - kebab-case; the plugin's name.
 * @param visible - `(b, h, q, k)`; pure.
 * @throws {ConfigError} `masks/custom-name` if the name is not kebab-case.
 * @example custom("even-keys", (_b, _h, _q, k) => k % 2 === 0).visible(0, 0, 5, 3) // => false
 */
export function custom(name: string, visible: Mask["visible"], extra: CustomOptions = {}): Mask {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ConfigError(
      "masks/custom-name",
      `a custom mask's name should be kebab-case, got ${JSON.stringify(name)}`,
      {
        details: { name },
      },
    );
  }
  const { options, rows = null, heads = null, classify = () => "some" } = extra;
  return createMask({
    spec: { type: "custom", name, ...(options !== undefined && { options }) },
    rows,
    heads,
    visible,
    classify,
  });
}
