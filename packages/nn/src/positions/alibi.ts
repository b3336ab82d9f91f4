import { alibiSlopes } from "@trivium/attention";
import type { PositionScheme } from "./position-scheme.ts";

/**
 * ALiBi: a bias of the logits that falls with the distance, steeper in some heads than in others.
 *
 * @source Press et al. 2022, https://arxiv.org/abs/2108.12409
 */
export const alibi = (): PositionScheme => ({
  kind: "alibi",
  bias: ({ heads }) => ({ kind: "alibi", slopes: alibiSlopes(heads) }),
});
