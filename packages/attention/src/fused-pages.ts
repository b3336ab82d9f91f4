import { type FusedAttentionBias, fusedAttention, type Tensor3D, tf } from "@trivium/tensor";
import type { DistanceBias, PagedAttentionRequest } from "./attention-kernel.ts";
import { attentionScale, attentionShape } from "./attention-shape.ts";
import { biasByDistance } from "./bias-by-distance.ts";
import type { PageReading } from "./page-reading.ts";

/** The newest bias of each reading: all layers of a step add the same. */
const described = new WeakMap<PageReading, { readonly bias: DistanceBias; readonly by: FusedAttentionBias }>();

/** Attention over pages where they are: the visits of the plan are runs or lists of the slots of a row. `[1, R, H·D]`. */
export function attendFusedPages(request: PagedAttentionRequest): Tensor3D {
  const { query, key, value, heads, reading, bias } = request;
  const width = query.shape[2] / heads;
  const split = ([batch, length, all]: number[]) => ({ rank: 4, shape: [batch!, all! / width, length!, width] });
  const { mask } = reading.options;
  const shape = attentionShape({
    query: split(query.shape),
    key: split(key.shape),
    value: split(value.shape),
    mask: { ...mask, rows: null },
    scale: request.scale,
  });
  const [by, scale] = [bias && describe(bias, reading), attentionScale(request, shape)];
  const inputs = { query, key, value, heads, groups: shape.G, plan: reading.plan, bias: by, scale };
  return tf.tidy(() => fusedAttention(inputs) as Tensor3D);
}

/** Tensors of the scope around a step: they live as long as its layers need them. */
function describe(bias: DistanceBias, reading: PageReading): FusedAttentionBias {
  const newest = described.get(reading);
  if (newest?.bias === bias && !newest.by.values.isDisposed) return newest.by;
  const { rows, queries } = reading.options;
  const [least, greatest] = [Math.min(...queries.positions), Math.max(...queries.positions)];
  const keys = reading.slotPositions;
  const by = biasByDistance(bias, {
    leastDistance: -greatest,
    greatestDistance: Math.max(...rows.lengths) - 1 - least,
    queryPositions: tf.tensor2d(queries.positions, [1, queries.positions.length], "int32"),
    keyPositions: tf.tensor2d(keys, [1, keys.length], "int32"),
  });
  described.set(reading, { bias, by });
  return by;
}
