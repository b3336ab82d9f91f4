import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, isAbsent, presentContenders, timed } from "../contender.ts";
import { createEngines, type Engine } from "../contenders/engines.ts";
import { matMulContender } from "../contenders/mat-mul.ts";
import { type GemmWork, gemmFlops, gemmWork, randomValues, stepProducts, transpositions } from "../gemm-work.ts";
import { type Measured, measure, median } from "../measure.ts";
import type { Finding } from "../measurement.ts";
import { count, engineOptions, listOf, measuringOptions, type Precision, peersOption } from "../options.ts";
import { jaxArray, loadJax } from "../peers/jax.ts";
import { onnxContender } from "../peers/onnxruntime.ts";
import { findTorch } from "../peers/python.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";
import { torchContender } from "../peers/torch-process.ts";

const peers = ["torch", "onnxruntime-node", "jax-js", "tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;
type Peer = (typeof peers)[number];

const size = count.optional();
const schema = z.strictObject({
  m: size.describe("Rows of the result. Default, if none of the three is given: products of a training step"),
  n: size.describe("Columns of the result. Default: m"),
  k: size.describe("What is summed over. Default: m"),
  transpose: listOf(transpositions)
    .prefault("nn")
    .describe("nn, nt, tn, tt: which matrix lies transposed, with commas"),
  ...engineOptions,
  peers: peersOption(peers),
  ...measuringOptions,
});
type Options = z.output<typeof schema>;

/** Matrix products: every provider of ours, and the peers. */
export const gemm = defineBenchmark({
  name: "gemm",
  description: "Matrix products: our GEMM providers and the peers.",
  schema,
  async run(options, note) {
    const findings: Finding[] = [];
    const engines = await createEngines(options);
    for (const work of worksOf(options)) findings.push(...(await benchWork(work, { engines, options, note })));
    return { findings, remarks: ["Seconds are medians of one product. GFLOP/s = 2·m·n·k ÷ seconds."] };
  },
});

function worksOf({ m, n, k, transpose }: Options): GemmWork[] {
  const given = m ?? n ?? k;
  const sizes = given === undefined ? stepProducts : [{ m: m ?? given, n: n ?? given, k: k ?? given }];
  return sizes.flatMap((one) => transpose.map((transposed) => gemmWork(one, transposed)));
}

interface Setting {
  readonly engines: readonly Engine[];
  readonly options: Options;
  note(line: string): void;
}

async function benchWork(work: GemmWork, { engines, options, note }: Setting): Promise<Finding[]> {
  const found: (Contender | Absent)[] = [];
  for (const { precision, provider, threads, use } of engines) {
    found.push(await matMulContender({ name: "trivium", precision, provider, threads, use, work }));
  }
  for (const peer of options.peers) found.push(...(await peerContenders(peer, work, options)));
  const contenders = presentContenders(found, note);
  try {
    return (await measure(contenders, options)).map((one) => findingOf(one, work));
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

function findingOf({ contender, seconds }: Measured, work: GemmWork): Finding {
  const { name, precision, provider, threads, version } = contender;
  const stepSeconds = median(seconds);
  return {
    ...{ name, precision, version, provider, threads, work: work.label, stepSeconds },
    gflops: gemmFlops(work) / stepSeconds / 1e9,
    rounds: [...seconds],
  };
}

async function peerContenders(peer: Peer, work: GemmWork, options: Options): Promise<(Contender | Absent)[]> {
  const threads = Math.max(...options.threads);
  if (peer === "torch") return torchContenders(work, threads, options.precision);
  if (peer === "onnxruntime-node") return [await onnxContender(work, threads)];
  if (!isTfjsPeer(peer)) return [await jaxContender(work)];
  const found = await tfjsPeer(peer);
  return [isAbsent(found) ? found : await matMulContender({ ...found, precision: "f32", work })];
}

async function torchContenders(work: GemmWork, threads: number, precisions: readonly Precision[]) {
  const python = await findTorch();
  if (isAbsent(python)) return [python];
  const options = { threads, settings: { ...work } };
  return Promise.all(precisions.map((precision) => torchContender(python, "torch_gemm.py", { ...options, precision })));
}

async function jaxContender(work: GemmWork): Promise<Contender | Absent> {
  const jax = await loadJax();
  if (isAbsent(jax)) return jax;
  const { numpy, blockUntilReady } = jax;
  const { m, n, k, transposeA, transposeB } = work;
  const a = jaxArray(jax, randomValues(m * k), transposeA ? [k, m] : [m, k]);
  const b = jaxArray(jax, randomValues(k * n), transposeB ? [n, k] : [k, n]);
  const multiply = () => numpy.matmul(transposeA ? a.ref.transpose() : a.ref, transposeB ? b.ref.transpose() : b.ref);
  return {
    ...{ name: "jax-js", precision: "f32", work: work.label },
    run: (times) =>
      timed(async () => {
        for (let time = 0; time < times; time++) (await blockUntilReady(multiply())).dispose();
      }),
    close() {
      a.dispose();
      b.dispose();
    },
  };
}
