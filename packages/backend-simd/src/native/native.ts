/** A byte offset into the shared memory, 0 to 2³² − 1; float32 and int32 data are aligned to their 4 bytes. */
export type Pointer = number;

/**
 * The raw kernels: every export of the assembly, over byte offsets into one shared memory.
 *
 * Tensors are dense and row-major; "bool" is one byte, 0 or 1. Nothing is allocated: outputs and scratch are passed
 * in, and an output may be an input of the same shape in `binary`, `unary`, `select`, `softmax`, `dropout`,
 * `activation` and `adamW` only (`crossEntropyChunkGradient` has one for both). Nothing is checked: a wrong offset or size
 * corrupts memory. The first page (64 KiB) belongs to the kernels' constants.
 *
 * The last two arguments of each kernel are its range `[start, end)` over work units (rows, or elements of the
 * output: see each). A result never depends on how the whole range is cut, bit for bit, so a pool may split it.
 */
export interface NativeKernels {
  /** Bytes of scratch that one running `gemm` needs: one such block for each thread. */
  gemmScratchBytes(): number;

  /**
   * `C[i] = op(A[i])·op(B[i]) (+ bias) (+ C[i])` for matrices `i = 0, 1, …`: `[m, k]·[k, n] → [m, n]`.
   *
   * Every element is a sum over `k` in blocks of 256, in order, whatever `m`, `n`, the transposes and the range are.
   *
   * @param transposeA - 1 if A is stored `[k, m]`, else 0.
   * @param transposeB - 1 if B is stored `[n, k]`, else 0.
   * @param lda - elements from one stored row to the next; `ldb` and `ldc` likewise.
   * @param strideA - elements from one matrix of the batch to the next, 0 to use the same for all; likewise the others.
   * @param accumulate - 1 to add to what C holds, 0 to overwrite it.
   * @param bias - `[n]` added to every row, or offset 0 for none. Not together with `accumulate`.
   * @param scratch - `gemmScratchBytes()` bytes, 16-byte aligned, of this thread alone.
   * @param start - first row of the range, counted over the whole batch: row `r` is row `r mod m` of matrix `⌊r/m⌋`.
   */
  gemm(
    transposeA: number,
    transposeB: number,
    m: number,
    n: number,
    k: number,
    a: Pointer,
    lda: number,
    strideA: number,
    b: Pointer,
    ldb: number,
    strideB: number,
    c: Pointer,
    ldc: number,
    strideC: number,
    accumulate: number,
    bias: Pointer,
    scratch: Pointer,
    start: number,
    end: number,
  ): void;

  /**
   * `y[r, j] = a[r·aRow + j·aColumn] ∘ b[r·bRow + j·bColumn]`, float32; `code` from `binaryCodes`.
   *
   * Steps are in elements; a column step is 0 or 1. Same shape: one row with both column steps 1. A scalar: both
   * steps 0. `[R, M] ∘ [M]`: row step 0. `[R, M] ∘ [R, 1]`: row step 1 and column step 0.
   *
   * @param columns - `M`, at least 1. @param start - element of `y`.
   */
  binary(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** As `binary`, of float32 to bool; `code` from `compareCodes`. */
  compare(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** As `binary`, of bools to bool; `code` from `logicalCodes`. */
  logical(
    code: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    y: Pointer,
    columns: number,
    start: number,
    end: number,
  ): void;

  /** Bytes of scratch that one running `attentionForward` needs, for heads of that width and that many queries in a block. */
  attentionForwardScratchBytes(width: number, blockQueries: number): number;
  /** Bytes of scratch that one running `attentionBackward` needs. */
  attentionBackwardScratchBytes(width: number, blockQueries: number): number;

  /**
   * Attention, `softmax(q·kᵀ·scale + bias)·v` over the keys that a plan shows, and its log-sum-exp (0 for a query that
   * sees nothing, whose output is 0).
   *
   * @param problem - everything that it works on, as `writeProblem` writes it: some forty addresses, steps and sizes.
   * @param scratch - `attentionForwardScratchBytes` bytes of this thread alone.
   * @param start - query block, counted over `B·H`.
   */
  attentionForward(problem: Pointer, scratch: Pointer, start: number, end: number): void;

  /**
   * The gradients of `attentionForward`, of keys and values summed in each part apart.
   *
   * @param problem - as for the forward pass. @param scratch - `attentionBackwardScratchBytes` bytes of this thread alone.
   * @param start - part of the query blocks, counted over `B·G`.
   */
  attentionBackward(problem: Pointer, scratch: Pointer, start: number, end: number): void;

  /** `y[i] = 1 − x[i]` over bools. Range: elements. */
  logicalNot(x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = f(x[i])`, float32; `code` from `unaryCodes`. Range: elements. */
  unary(code: number, x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = min(max(x[i], low), high)`, float32; NaN stays NaN. Range: elements. */
  clip(x: Pointer, y: Pointer, low: number, high: number, start: number, end: number): void;

  /** `y[i] = condition[i] ? a[i·aStep] : b[i·bStep]` over 4-byte elements; a step is 0 or 1. Range: elements. */
  select(
    condition: Pointer,
    a: Pointer,
    aStep: number,
    b: Pointer,
    bStep: number,
    y: Pointer,
    start: number,
    end: number,
  ): void;

  /**
   * Converts element by element; `code` from `castCodes`. NaN becomes 0, and what int32 cannot hold its nearest end.
   * Range: elements.
   */
  cast(code: number, x: Pointer, y: Pointer, start: number, end: number): void;

  /** The bfloat16 nearest to each float32, ties to even; NaN stays NaN. Range: elements. */
  toBf16(x: Pointer, y: Pointer, start: number, end: number): void;

  /** `y[i] = value`, float32. Range: elements. */
  fill(y: Pointer, value: number, start: number, end: number): void;

  /** `y[r, j] = j = indices[r] ? on : off`, float32 `[R, depth]` of int32 `[R]`. Range: rows. */
  oneHot(indices: Pointer, y: Pointer, depth: number, on: number, off: number, start: number, end: number): void;

  /**
   * Reduces the middle axis: `x [outer, middle, inner] → y [outer, inner]`, float32; `code` from `reduceCodes`.
   * Range: elements of `y`. Reducing the last axes is `inner = 1`, the first axes `outer = 1`.
   */
  reduce(code: number, x: Pointer, y: Pointer, middle: number, inner: number, start: number, end: number): void;

  /**
   * `y[r]` = index of the first greatest element of row `r`, passing over NaN: `x [R, columns]` → int32 `[R]`,
   * `columns` at least 1. As in tfjs, 0 if the row starts with NaN. Range: rows.
   */
  argMax(x: Pointer, y: Pointer, columns: number, start: number, end: number): void;

  /** `y[r] = exp(x[r] − max) / Σ`, `[R, columns]`. Range: rows. */
  softmax(x: Pointer, y: Pointer, columns: number, start: number, end: number): void;

  /** `dx[r] = scale·p[r]·(dy[r] − Σ dy[r]·p[r])`, `[R, columns]`: of `softmax` (scale 1) and `maskedSoftmax`. Range: rows. */
  softmaxGradient(
    dy: Pointer,
    p: Pointer,
    dx: Pointer,
    columns: number,
    scale: number,
    start: number,
    end: number,
  ): void;

  /**
   * Softmax over the visible keys of `scale·scores`, `[B, H, Q, K]`; a row with nothing visible is exactly 0.
   *
   * What a hidden score holds (NaN too) has no influence.
   *
   * @param visible - bool; its element is at `b·visibleBatch + h·visibleHead + q·K + k` (a step is 0 where it broadcasts).
   * @param start - row, counted over `B·H·Q`.
   */
  maskedSoftmax(
    scores: Pointer,
    visible: Pointer,
    y: Pointer,
    heads: number,
    queries: number,
    keys: number,
    visibleBatch: number,
    visibleHead: number,
    scale: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[i] = f(x[i])` and, unless `slope` is offset 0, `slope[i] = f′(x[i])`, float32; `code` from `activationCodes`.
   * The outputs may be the input. Range: elements.
   */
  activation(code: number, x: Pointer, y: Pointer, slope: Pointer, start: number, end: number): void;

  /**
   * `sums[p] = Σ x[r]` over the rows of panel `p`, `x [rows, columns] → sums [⌈rows/panel⌉, columns]`. Unless `factor` is
   * offset 0, of `x[r]·factor[r]`, which is kept in `y`. Range: panels.
   */
  columnSums(
    x: Pointer,
    factor: Pointer,
    y: Pointer,
    sums: Pointer,
    rows: number,
    columns: number,
    panel: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[r] = (s[r] − mean)·inverse·gain + bias` over the last axis of `[R, columns]`, where `inverse = 1/√(variance + epsilon)`.
   * `s` is `x`, or `x + branch`, kept in `sum`, unless `branch` is offset 0. Without `mean` and `bias` (offsets 0): by
   * the root mean square. Range: rows.
   */
  norm(
    x: Pointer,
    branch: Pointer,
    gain: Pointer,
    bias: Pointer,
    sum: Pointer,
    y: Pointer,
    inverse: Pointer,
    mean: Pointer,
    columns: number,
    epsilon: number,
    start: number,
    end: number,
  ): void;

  /**
   * Gradients of `norm`: `dx`, with `dSum` added unless it is offset 0, and the sums of those to gain and bias over each
   * panel of rows, `[⌈rows/panel⌉, columns]`. Without `mean` and `dBias` (offsets 0): by the root mean square.
   * Range: panels.
   */
  normGradient(
    dy: Pointer,
    dSum: Pointer,
    x: Pointer,
    gain: Pointer,
    inverse: Pointer,
    mean: Pointer,
    dx: Pointer,
    dGain: Pointer,
    dBias: Pointer,
    rows: number,
    columns: number,
    panel: number,
    start: number,
    end: number,
  ): void;

  /**
   * `losses[r] = w·((1 − s)·(lse − x[t]) + s·(lse − mean(x)) + zLoss·lse²)` and `logSumExp[r] = lse`, of logits
   * `x [R, columns]`, int32 targets `t [R]` and weights `w [R]`. A row of weight 0 gives exactly 0 in both, whatever
   * it holds, its target too. Range: rows.
   *
   * @returns the first row in the range whose target lies outside `[0, columns)` (it is left unwritten), else −1.
   */
  softmaxCrossEntropy(
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    losses: Pointer,
    logSumExp: Pointer,
    columns: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): number;

  /** Gradient of `softmaxCrossEntropy` to the logits, exactly 0 in rows of weight 0; returns as it does. Range: rows. */
  softmaxCrossEntropyGradient(
    dLosses: Pointer,
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    logSumExp: Pointer,
    dLogits: Pointer,
    columns: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): number;

  /**
   * Takes in logits `[R, columns]` of the ids from `first` on: what is known of each row of a weight other than 0, four
   * floats, its greatest logit, `Σ exp(logit − greatest)`, the target's logit and, with label smoothing, `Σ logit`, is set
   * by the chunk of `first` 0 and extended by the others. Range: rows.
   *
   * @param statistics - `[R, 4]` float32, written.
   */
  crossEntropyChunk(
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    statistics: Pointer,
    first: number,
    columns: number,
    labelSmoothing: number,
    start: number,
    end: number,
  ): void;

  /** The outputs of `softmaxCrossEntropy` from what the chunks of a vocabulary left in `statistics`. Range: rows. */
  crossEntropyOfChunks(
    statistics: Pointer,
    weights: Pointer,
    losses: Pointer,
    logSumExp: Pointer,
    vocabulary: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): void;

  /**
   * Puts the gradient to the logits `[R, columns]` of the ids from `first` on in their place: `softmaxCrossEntropyGradient`
   * of a part of the vocabulary. Range: rows.
   */
  crossEntropyChunkGradient(
    dLosses: Pointer,
    logits: Pointer,
    targets: Pointer,
    weights: Pointer,
    logSumExp: Pointer,
    first: number,
    columns: number,
    vocabulary: number,
    labelSmoothing: number,
    zLoss: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[i] = hash(seed, i) ≥ threshold ? x[i]·scale : 0`, unsigned; `threshold = ⌊rate·2³²⌋`, `scale = 1/(1 − rate)`.
   * The hash is `dropoutHash` of `@trivium/tensor`, bit for bit. Range: elements.
   */
  dropout(x: Pointer, y: Pointer, seed: number, threshold: number, scale: number, start: number, end: number): void;

  /**
   * One AdamW step of `count` (at least 1) parameters: `g = gradient·gradientScale`, `m′ = β₁m + (1−β₁)g`,
   * `v′ = β₂v + (1−β₂)g²`, `p′ = p·decay − learningRate·(m′/correction1)/(√(v′/correction2) + ε)`.
   *
   * A block is `block` elements of one parameter, its last one perhaps fewer; blocks are counted over all parameters.
   * Range: blocks.
   *
   * @param table - for each parameter ten words: the addresses of p, g, m, v, p′, m′, v′ (which may be those of p, m, v),
   *   its first block, its length, and as float32 its decay, `1 − learningRate·weightDecay`.
   */
  adamW(
    table: Pointer,
    count: number,
    block: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction1: number,
    correction2: number,
    gradientScale: number,
    start: number,
    end: number,
  ): void;

  /**
   * `sums[b] = Σ x²` over block `b`, of `count` (at least 1) tensors in blocks as `adamW` has them. Range: blocks.
   *
   * @param table - for each tensor three words: its address, its first block, its length.
   */
  squaredNorms(table: Pointer, count: number, block: number, sums: Pointer, start: number, end: number): void;

  /**
   * `y[r] = table[indices[r]]`: rows of `columns` 4-byte elements of a table of `tableRows` rows. Range: rows.
   *
   * @returns the first position in the range whose index lies outside the table (its row is left unwritten), else −1.
   */
  gatherRows(
    table: Pointer,
    indices: Pointer,
    y: Pointer,
    tableRows: number,
    columns: number,
    start: number,
    end: number,
  ): number;

  /**
   * `y[s] = Σ x[r] over rows with segments[r] = s`, `x [rows, columns]`, int32 segments `[rows]`, `y [S, columns]`;
   * a segment without rows is 0, rows of other segments are skipped. Range: segments.
   */
  segmentSum(
    x: Pointer,
    segments: Pointer,
    y: Pointer,
    rows: number,
    columns: number,
    start: number,
    end: number,
  ): void;

  /**
   * `y[i·y0 + j·y1 + k·y2 + l·y3] = x[i·x0 + j·x1 + k·x2 + l·x3]` over `[d0, d1, d2, d3]`: transposes, slices, tiles,
   * broadcasts and concatenations, with offsets added to the pointers. Steps in elements (as int32; x steps may be
   * negative or 0), 4-byte elements. Range: rows, counted over `d0·d1·d2`.
   */
  copyStrided(
    x: Pointer,
    x0: number,
    x1: number,
    x2: number,
    x3: number,
    y: Pointer,
    y0: number,
    y1: number,
    y2: number,
    y3: number,
    d1: number,
    d2: number,
    d3: number,
    start: number,
    end: number,
  ): void;

  /** As `copyStrided`, of 1-byte elements. */
  copyStridedBytes(
    x: Pointer,
    x0: number,
    x1: number,
    x2: number,
    x3: number,
    y: Pointer,
    y0: number,
    y1: number,
    y2: number,
    y3: number,
    d1: number,
    d2: number,
    d3: number,
    start: number,
    end: number,
  ): void;
}
