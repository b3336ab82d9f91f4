import { type AttentionKernel, type AttentionRequest, reference } from "@trivium/attention";
import { type Features, toBatch, toPackedBatch } from "@trivium/features";
import { custom, full, type Mask } from "@trivium/masks";
import type { Architecture, MaskContext } from "@trivium/model";
import { prefix } from "@trivium/model-prefix";
import type { Collate, Objective } from "@trivium/objectives";
import { type Tensor4D, tf } from "@trivium/tensor";

const pad = 0;
export const collations: Readonly<Record<string, Collate>> = {
  "padded right": (rows) => toBatch(rows, { pad }),
  "padded left": (rows) => toBatch(rows, { pad, padding: "left" }),
  packed: (rows) => toPackedBatch(rows, { pad, length: 14, multipleOf: 5 }),
};
export const packedRows = collations.packed as Collate;
export const leftRows = collations["padded left"] as Collate;

/** A kernel that attends under another mask than it was asked to. */
export const remasked = (change: (mask: Mask, request: AttentionRequest) => Mask): AttentionKernel => ({
  ...reference(),
  attend: (request) => reference().attend({ ...request, mask: change(request.mask, request) }),
});

/** A kernel that fills hidden logits with a number, and leaves it at that. */
export const filling = (fill: number): AttentionKernel => ({
  ...reference(),
  attend: ({ query, key, value, mask }) =>
    tf.tidy(() => {
      const [B, H, Q, K] = [query.shape[0], query.shape[1], query.shape[2], key.shape[2]];
      const bits = Array.from({ length: B * H * Q * K }, (_, at) => {
        const [b, h] = [Math.floor(at / (H * Q * K)), Math.floor(at / (Q * K)) % H];
        return mask.visible(b, h, Math.floor(at / K) % Q, at % K);
      });
      const scores = tf.mul(tf.matMul(query, key, false, true), query.shape[3] ** -0.5);
      const shown = tf.tensor4d(bits.map(Number), [B, H, Q, K], "bool");
      return tf.matMul(tf.softmax(tf.where(shown, scores, tf.fill([B, H, Q, K], fill))), value) as Tensor4D;
    }),
});

/** A kernel that forgets its mask in the first of two layers, and in every second after it. */
export function openEverySecond(): AttentionKernel {
  let calls = 0;
  return remasked((mask) => (calls++ % 2 === 0 ? full() : mask));
}

/** An objective whose features are changed afterwards. */
export const altered = (objective: Objective, change: (features: Features) => Features): Objective => ({
  ...objective,
  features: (example, context) => change(objective.features(example, context)),
});

export const single = (selfMask: Architecture["selfMask"]): Architecture => ({ ...prefix, selfMask });
export const inPrefix = custom("in-prefix", (_b, _h, q) => q < 3);
/** The prefix of each row; a model also asks for the mask of one row alone, as a sample. */
export const lengths = ({ prefixLengths }: MaskContext) =>
  typeof prefixLengths === "number" ? [prefixLengths] : [...prefixLengths];
export const isPackedOf = ({ spec }: Mask, inner: string, cross = false) =>
  spec.type === "packed" && spec.children?.[0]?.type === inner && (spec.options?.keyIds !== undefined) === cross;
/** Opens padding again: returns `full` for a mask that is `and(full, padding)`. */
export const openPadding = (mask: Mask): Mask =>
  mask.spec.type === "and" && mask.spec.children?.[0]?.type === "full" ? full() : mask;
export const noSource: Collate = (rows) => {
  const emptied = rows.map((row, index) => (index === 0 ? row : { ...row, streams: { ...row.streams, source: [] } }));
  return toBatch(emptied, { pad });
};

/** Packed rows handed on as if each were one text. */
export function forgetful(rows: readonly Features[]) {
  const { streams, ...batch } = packedRows(rows);
  const bare = Object.entries(streams).map(([name, { documents: _, ...stream }]) => [name, stream] as const);
  return { ...batch, streams: Object.fromEntries(bare), prefixLengths: new Array<number>(batch.size).fill(0) };
}

export const shifted = (objective: Objective, by: number) =>
  altered(objective, (row) => ({ ...row, targets: row.targets.map((_, at) => row.targets[at - by] ?? pad) }));
