import { andMask } from "./algebra/and.ts";
import { notMask } from "./algebra/not.ts";
import { orMask } from "./algebra/or.ts";
import { packedMask } from "./algebra/packed.ts";
import { positionedMask } from "./algebra/positioned.ts";
import { causalMask } from "./primitives/causal.ts";
import { denseMask } from "./primitives/dense.ts";
import { documentsMask } from "./primitives/documents.ts";
import { fullMask } from "./primitives/full.ts";
import { paddingMask } from "./primitives/padding.ts";
import { prefixMask } from "./primitives/prefix.ts";
import { windowMask } from "./primitives/window.ts";

/** The masks of this package as plugins, so that a registry, a flag or a text can name them. */
export const maskPlugins = [
  fullMask,
  causalMask,
  prefixMask,
  windowMask,
  paddingMask,
  documentsMask,
  denseMask,
  andMask,
  orMask,
  notMask,
  packedMask,
  positionedMask,
] as const;
