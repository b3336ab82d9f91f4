import { assertShapes, ConfigError, ShapeError } from "@trivium/core";
import type { Mask } from "@trivium/masks";
import type { AttentionBias, AttentionRequest, PositionRows } from "./attention-kernel.ts";

/** The size of each axis of a request. */
export interface AttentionShape {
  readonly B: number;
  readonly H: number;
  readonly G: number;
  readonly Q: number;
  readonly K: number;
  readonly D: number;
}

/** A request of which the shapes are known. */
export type ShapedRequest = Omit<AttentionRequest, "query" | "key" | "value"> &
  Readonly<Record<"query" | "key" | "value", { readonly shape: number[]; readonly rank: number }>>;

/**
 * Checks a request and returns the size of each axis. Every kernel calls it first, so all refuse alike.
 *
 * @throws {ShapeError} `attention/shapes` if batch sizes, groups or key positions disagree or are 0, `attention/head-width` if
 *   the head widths of query and key do, `attention/grouped-heads` if H is not a multiple of G, `attention/mask-rows` or
 *   `attention/mask-heads` if the mask speaks of another number of rows or heads, `attention/bias` if the bias does not
 *   fit.
 * @throws {ConfigError} `attention/dropout` if the dropout rate is not in [0, 1), `attention/scale` if the scale is not
 *   finite, `attention/soft-cap` if the soft cap is not positive and finite.
 * @example attentionShape({ query, key, value, mask: causal() }).G // => 2
 */
export function attentionShape(request: AttentionRequest | ShapedRequest): AttentionShape {
  const { query, key, value, mask, bias, dropout, scale, softCap } = request;
  const shapes = { query: query.shape, key: key.shape, value: value.shape };
  const misfit = (code: string, message: string) => new ShapeError(code, message, { details: shapes });
  if (query.rank === 4 && key.rank === 4 && query.shape[3] !== key.shape[3]) {
    const got = `query [${shapes.query.join(", ")}] and key [${shapes.key.join(", ")}]`;
    const message = `query and key need the same head width D, got ${got}; project both to one width`;
    throw misfit("attention/head-width", message);
  }
  const shape = assertShapes("attention/shapes", {
    query: [shapes.query, "B H Q D"],
    key: [shapes.key, "B G K D"],
    value: [shapes.value, "B G K D"],
  }) as unknown as AttentionShape;
  if (Object.values(shape).includes(0)) {
    throw misfit("attention/shapes", `no axis may be empty, got ${JSON.stringify(shape)}`);
  }
  if (shape.H % shape.G !== 0) {
    const message = `the ${shape.H} query heads should be a multiple of the key/value heads, got ${shape.G} of those`;
    throw misfit("attention/grouped-heads", message);
  }
  assertMaskFits(mask, shape);
  if (bias) assertBiasFits(bias, shape);
  if (dropout && !(dropout.rate >= 0 && dropout.rate < 1)) {
    throw new ConfigError("attention/dropout", `a dropout rate is in [0, 1), got ${dropout.rate}`);
  }
  if (scale !== undefined && !Number.isFinite(scale)) {
    throw new ConfigError("attention/scale", `the scale should be a finite number, got ${scale}`);
  }
  if (softCap !== undefined && !(softCap > 0 && Number.isFinite(softCap))) {
    throw new ConfigError("attention/soft-cap", `the soft cap should be a positive number, got ${softCap}`);
  }
  return shape;
}

/** The multiplier on the logits: what the request says, or `1/√D`. */
export const attentionScale = ({ scale }: Pick<AttentionRequest, "scale">, { D }: AttentionShape): number =>
  scale ?? 1 / Math.sqrt(D);

/**
 * Refuses a mask made for another batch or another number of heads: showing all rows what row 0 may see would be a
 * silent leak (attention-gym#98).
 *
 * @throws {ShapeError} `attention/mask-rows`, `attention/mask-heads`
 */
export function assertMaskFits(mask: Mask, { B, H }: Pick<AttentionShape, "B" | "H">): void {
  const fits = (axis: "rows" | "heads", expected: number): void => {
    const own = mask[axis];
    if (own === null || own === expected) return;
    throw new ShapeError(
      `attention/mask-${axis}`,
      `the mask speaks of ${own} ${axis}, the request has ${expected}; make the mask for this batch`,
      { details: { mask: own, request: expected } },
    );
  };
  fits("rows", B);
  fits("heads", H);
}

function assertBiasFits(bias: AttentionBias, shape: AttentionShape): void {
  const { B, H, Q, K } = shape;
  if (bias.kind === "dense") {
    const [rows, heads, queries, keys] = bias.values.shape;
    const fits = (rows === 1 || rows === B) && (heads === 1 || heads === H) && queries === Q && keys === K;
    if (!fits || bias.values.rank !== 4)
      throw badBias("values", `[${B} or 1, ${H} or 1, ${Q}, ${K}]`, bias.values.shape);
    return;
  }
  if (bias.kind === "relative" && (bias.table.rank !== 2 || bias.table.shape[1] !== H)) {
    throw badBias("table", `[buckets, ${H}]`, bias.table.shape);
  }
  if (bias.kind === "alibi" && bias.slopes.length !== H) throw badBias("slopes", `[${H}]`, [bias.slopes.length]);
  assertPositions("queryPositions", bias.queryPositions, B, Q);
  assertPositions("keyPositions", bias.keyPositions, B, K);
}

function assertPositions(name: string, positions: PositionRows, rows: number, length: number): void {
  const wrong = positions.find((row) => row.length !== length);
  if ((positions.length === 1 || positions.length === rows) && !wrong) return;
  throw badBias(name, `[${rows} or 1, ${length}]`, [positions.length, (wrong ?? positions[0])?.length ?? 0]);
}

function badBias(name: string, expected: string, got: readonly number[]): ShapeError {
  return new ShapeError("attention/bias", `the bias's ${name} should be ${expected}, got [${got.join(", ")}]`, {
    details: { name, expected, got: [...got] },
  });
}
