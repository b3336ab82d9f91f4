import { createRandom, type Random } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import { type Tensor, type Tensor2D, type Tensor4D, tf } from "@trivium/tensor";
import { alibiSlopes } from "../alibi-slopes.ts";
import type { AttentionBias, AttentionNeeds, AttentionRequest } from "../attention-kernel.ts";
import type { PlainRequest } from "./attention-in-float64.ts";
import { exactRelativeBucket } from "./exact-relative-bucket.ts";
import { type KernelCase, maskOf } from "./kernel-case.ts";

/** Numbers and their shape. */
export interface PlainTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** The numbers that gradients flow to: `query`, `key`, `value`, and `bias` where it has a tensor. */
export type PlainInputs = Readonly<Record<string, PlainTensor>>;

/** A case made concrete: the same request as tensors for kernels and as plain numbers for the float64 oracle. */
export interface CaseProblem {
  readonly mask: Mask;
  readonly needs: AttentionNeeds;
  readonly inputs: PlainInputs;
  request(tensors: Readonly<Record<string, Tensor>>): AttentionRequest;
  plain(inputs: Readonly<Record<string, { readonly values: ArrayLike<number> }>>): PlainRequest;
}

interface CaseBias {
  readonly input?: PlainTensor;
  readonly kind?: AttentionBias["kind"];
  describe(tensor: Tensor | undefined): AttentionBias | undefined;
  value(values: ArrayLike<number>): PlainRequest["bias"];
}

export function caseProblem(one: KernelCase): CaseProblem {
  const { shape, dropout, softCap } = one;
  const { B, H, G, Q, K, D } = shape;
  const random = createRandom(one.seed);
  const mask = maskOf(one);
  const bias = biasOf(one, random.split("bias"));
  const inputs: PlainInputs = {
    query: normal(random.split("query"), [B, H, Q, D]),
    key: normal(random.split("key"), [B, G, K, D]),
    value: normal(random.split("value"), [B, G, K, D]),
    ...(bias.input && { bias: bias.input }),
  };
  return {
    mask,
    inputs,
    needs: {
      masks: [mask],
      gradients: true,
      groupedHeads: G !== H,
      dropout: dropout !== undefined,
      bias: bias.kind,
      softCap: softCap !== undefined,
    },
    request(tensors) {
      const { query, key, value } = tensors as Record<"query" | "key" | "value", Tensor4D>;
      const described = bias.describe(tensors.bias);
      return { query, key, value, mask, scale: one.scale, softCap, dropout, bias: described };
    },
    plain: (inputs) => ({
      shape,
      query: inputs.query!.values,
      key: inputs.key!.values,
      value: inputs.value!.values,
      visible: mask.visible,
      bias: bias.value(inputs.bias?.values ?? []),
      scale: one.scale ?? 1 / Math.sqrt(D),
      softCap,
      dropout,
    }),
  };
}

/** The plain inputs as tensors, which the caller disposes. */
export function uploadInputs(inputs: PlainInputs): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape], "float32")]),
  );
}

export function normal(random: Random, shape: readonly number[]): PlainTensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return { shape, values: Float32Array.from({ length: size }, () => random.normal()) };
}

function biasOf(one: KernelCase, random: Random): CaseBias {
  if (one.bias === "none") return { describe: () => undefined, value: () => () => 0 };
  if (one.bias === "dense" || one.bias === "dense, shared") return denseBias(one, random);
  return one.bias === "alibi" ? alibiBias(one, random) : relativeBias(one, random);
}

function denseBias({ bias, shape: { B, H, Q, K } }: KernelCase, random: Random): CaseBias {
  const shared = bias === "dense, shared";
  const perHead = !shared || random.integer(2) === 1;
  const [rows, heads] = [shared && perHead ? 1 : B, perHead ? H : 1];
  return {
    input: normal(random, [rows, heads, Q, K]),
    kind: "dense",
    describe: (tensor) => ({ kind: "dense", values: tensor as Tensor4D }),
    value: (values) => (b, h, q, k) =>
      values[(((rows === 1 ? 0 : b) * heads + (heads === 1 ? 0 : h)) * Q + q) * K + k]!,
  };
}

function relativeBias({ bias, shape }: KernelCase, random: Random): CaseBias {
  const options = { buckets: 8, maxDistance: 12, bidirectional: bias === "relative, both ways" };
  const positions = positionsOf(shape, random);
  const input = normal(random, [options.buckets, shape.H]);
  return {
    input,
    kind: "relative",
    describe: (tensor) => ({ kind: "relative", table: tensor as Tensor2D, ...options, ...positions }),
    value: (values) => (b, h, q, k) =>
      values[exactRelativeBucket(relativeOf(positions, b, q, k), options) * shape.H + h]!,
  };
}

function alibiBias({ shape }: KernelCase, random: Random): CaseBias {
  const positions = positionsOf(shape, random);
  const slopes = alibiSlopes(shape.H);
  return {
    kind: "alibi",
    describe: () => ({ kind: "alibi", slopes, ...positions }),
    value: () => (b, h, q, k) => -slopes[h]! * Math.abs(relativeOf(positions, b, q, k)),
  };
}

type CasePositions = Pick<Extract<AttentionBias, { kind: "alibi" }>, "queryPositions" | "keyPositions">;

/** Queries that begin somewhere among the keys; one row for all, or one for each. */
function positionsOf({ B, Q, K }: KernelCase["shape"], random: Random): CasePositions {
  const rows = (length: number, perRow: boolean): number[][] =>
    Array.from({ length: perRow ? B : 1 }, () => {
      const start = random.integer(4) - 1;
      return Array.from({ length }, (_, at) => at + start);
    });
  return { queryPositions: rows(Q, random.integer(2) === 1), keyPositions: rows(K, random.integer(2) === 1) };
}

function relativeOf({ queryPositions, keyPositions }: CasePositions, b: number, q: number, k: number): number {
  const key = (keyPositions[b] ?? keyPositions[0])![k]!;
  return key - (queryPositions[b] ?? queryPositions[0])![q]!;
}
