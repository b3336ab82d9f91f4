/** A benchmark whose numbers are in the documentation. */
export interface PerformanceRun {
  /** Its file in `docs/performance`. */
  readonly name: string;
  readonly title: string;
  /** The words behind `trivium bench`, with blanks between them. */
  readonly words: string;
}

const fast = "--gemm onednn --attention fused";
const masks = "--mask full --mask causal --mask prefix(1024)|causal --mask window(256)&causal";

const behind = "--batch 1 --keys 128 --tokens 128 --rounds 5 --warmup 1";

/** The benchmarks that `pnpm performance` measures, in the order of the page. */
export const performanceRuns: readonly PerformanceRun[] = [
  {
    name: "step",
    title: "A training step, products in oneDNN",
    words: `step --shape S1,S2,S3,S4 ${fast} --peers torch`,
  },
  {
    name: "step-bf16",
    title: "A training step in bf16, products in oneDNN",
    words: `step --shape S1,S2,S3,S4 ${fast} --precision bf16 --peers torch --rounds 3 --warmup 1`,
  },
  {
    name: "step-openblas",
    title: "A training step, products in the OpenBLAS that npm installs",
    words: "step --shape S1,S2,S3,S4 --gemm openblas --attention fused --peers torch",
  },
  {
    name: "products",
    title: "The matrix products of a training step, inside it and alone",
    words: `products --shape S1,S2,S3 ${fast}`,
  },
  {
    name: "step-wasm",
    title: "A training step, nothing installed",
    words: "step --shape S1,S2,S3,S4 --gemm wasm --attention fused --peers torch",
  },
  {
    name: "step-architectures",
    title: "A training step of the other architectures",
    words: `step --architecture prefix,encoder-decoder --shape S1,S2 ${fast} --peers torch`,
  },
  {
    name: "step-javascript",
    title: "A small training step against JavaScript's peers, nothing installed",
    words:
      "step --vocab 64 --length 16 --batch 64 --width 128 --layers 2 --heads 4 --gemm wasm --attention fused --peers torch,tfjs-cpu,tfjs-wasm,tfjs-tensorflow --rounds 5 --warmup 1",
  },
  {
    name: "mlp",
    title: "A network of two layers, nothing installed",
    words: "mlp --gemm wasm --peers jax-js,tfjs-cpu,tfjs-wasm,tfjs-tensorflow",
  },
  {
    name: "attention",
    title: "Attention: cost follows the mask",
    words: `attention ${masks} --length 2048 --heads 8 --width 512 --gemm onednn --peers torch`,
  },
  {
    name: "attention-long",
    title: "Attention over 16,384 positions",
    words: "attention --mask causal --length 16384 --gemm onednn --rounds 5 --warmup 1",
  },
  {
    name: "decoding",
    title: "A token of GPT-2's sizes, 124 million weights, behind 128 others",
    words: `decoding --shape gpt2 ${behind} --weights f32,bf16 --peers torch`,
  },
  {
    name: "decoding-onnxruntime",
    title: "The same token against ONNX Runtime",
    words: `decoding --shape gpt2 ${behind} --weights f32,q8 --peers onnxruntime`,
  },
  {
    name: "decoding-llama",
    title: "A token of SmolLM2-135M's sizes, behind 128 others",
    words: `decoding --shape smollm2 ${behind} --weights q8 --peers llama`,
  },
  {
    name: "prefill",
    title: "A prompt of 512 tokens, GPT-2's sizes",
    words:
      "decoding --shape gpt2 --batch 1 --keys 16 --tokens 16 --prefill 512 --gemm onednn --peers torch --rounds 5 --warmup 1",
  },
  {
    name: "answers",
    title: "An answer of 64 tokens to 256, T5-small's sizes",
    words: "answers --weights f32,q8 --peers onnxruntime --rounds 5 --warmup 1",
  },
  {
    name: "gemm",
    title: "Matrix products",
    words: "gemm --gemm all --transpose nn,nt,tn --peers torch,onnxruntime-node,jax-js,tfjs-wasm",
  },
  {
    name: "gemm-bf16",
    title: "Matrix products of bf16",
    words: "gemm --gemm onednn --precision bf16 --transpose nn,nt,tn --peers torch",
  },
  {
    name: "ops",
    title: "Kernels that are no products",
    words: "ops --peers tfjs-cpu,tfjs-wasm --rounds 5 --warmup 1",
  },
  {
    name: "run",
    title: "A whole run",
    words: `run ${fast} --peers torch`,
  },
];
