import type { ParameterTree } from "@trivium/tensor";
import type { LanguageModel } from "../model.ts";

/** What an invariant is checked on. */
export interface Subject {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  /** Number of steps over which live tensors are counted. Default 6. */
  readonly steps?: number | undefined;
  /** Number of parameters that are moved at once for finite differences. Default 4. */
  readonly together?: number | undefined;
}
