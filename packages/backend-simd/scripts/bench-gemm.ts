/** GFLOP/s of the raw matrix product, both builds: `node --conditions @trivium/source scripts/bench-gemm.ts`. */
import { createWasmKernels, type WasmBuild } from "../src/wasm/create-wasm-kernels.ts";

interface Case {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch?: number;
}

const cases: readonly Case[] = [
  { m: 256, n: 256, k: 256 },
  { m: 512, n: 512, k: 512 },
  { m: 1024, n: 128, k: 512 },
  { m: 1024, n: 512, k: 128 },
  { m: 1024, n: 128, k: 128 },
  { m: 128, n: 512, k: 1024 },
  { m: 1024, n: 64, k: 128 },
  { m: 16, n: 16, k: 32, batch: 256 },
  { m: 16, n: 32, k: 16, batch: 256 },
  { m: 64, n: 64, k: 32, batch: 64 },
  ...[1, 2, 3, 4, 5].map((m) => ({ m, n: 512, k: 512 })),
  { m: 1, n: 128, k: 128 },
  { m: 1, n: 2048, k: 2048 },
  { m: 1, n: 40, k: 32, batch: 256 },
];
const memory = new WebAssembly.Memory({ initial: 2048, maximum: 2048, shared: true });

/** Processor seconds of one call, the best of several: other work on the machine disturbs them less than wall time. */
function secondsOf(run: () => void, expected: number): number {
  const count = Math.ceil(0.03 / expected);
  let best = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 10; repeat++) {
    const begin = process.cpuUsage();
    for (let i = 0; i < count; i++) run();
    const { user, system } = process.cpuUsage(begin);
    best = Math.min(best, (user + system) / 1e6 / count);
  }
  return best;
}

function gigaflops(build: WasmBuild, { m, n, k, batch = 1 }: Case, transposeA: boolean, transposeB: boolean): number {
  const { kernels } = createWasmKernels(memory, build);
  const a = 4 << 20;
  const b = a + 4 * batch * m * k;
  const c = b + 4 * batch * k * n;
  new Float32Array(memory.buffer, a, batch * (m * k + k * n)).forEach((_, i, all) => {
    all[i] = Math.sin(i);
  });
  const lda = transposeA ? m : k;
  const ldb = transposeB ? k : n;
  const operands = [a, lda, m * k, b, ldb, k * n, c, n, m * n] as const;
  const run = () =>
    kernels.gemm(Number(transposeA), Number(transposeB), m, n, k, ...operands, 0, 0, 65_536, 0, batch * m);
  const flops = 2 * m * n * k * batch;
  return flops / secondsOf(run, flops / 40e9) / 1e9;
}

for (const build of ["plain", "relaxed"] as const) {
  console.log(`${build}: m×n×k (×batch)      A·B   Aᵀ·B   A·Bᵀ  (GFLOP/s)`);
  for (const shape of cases) {
    const name = `${shape.m}×${shape.n}×${shape.k}${shape.batch ? ` ×${shape.batch}` : ""}`;
    const rates = [
      [false, false],
      [true, false],
      [false, true],
    ].map(([a, b]) => gigaflops(build, shape, a!, b!).toFixed(1));
    console.log(`${name.padEnd(24)} ${rates.map((rate) => rate.padStart(6)).join(" ")}`);
  }
}
