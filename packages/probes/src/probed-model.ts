import type { LanguageModel } from "@trivium/model";
import type { MarkedBatchOptions, Objective } from "@trivium/objectives";
import type { ParameterTree } from "@trivium/tensor";

/** A live model and the objective that makes the rows which it reads. */
export interface ProbedModel extends Pick<MarkedBatchOptions, "special"> {
  readonly model: LanguageModel;
  readonly parameters: ParameterTree;
  readonly objective: Objective;
}
