import type { AttentionKernel } from "@trivium/attention";
import type { Architecture } from "./architecture.ts";
import type { ResolvedConfig } from "./resolve-config.ts";

/** The parts of a model that run its streams. */
export interface ModelParts {
  readonly architecture: Architecture;
  readonly config: ResolvedConfig;
  readonly kernel: AttentionKernel;
}
