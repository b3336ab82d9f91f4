import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, type Contender, isAbsent, oneByOne, timed } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { matMulContender } from "../contenders/mat-mul.ts";
import { type GemmWork, gemmWork, randomValues, stepProducts, transpositions } from "../gemm-work.ts";
import { findingsOf } from "../measure.ts";
import { count, engineOptions, listOf, measuringOptions, peersOption } from "../options.ts";
import { jaxArray, loadJax } from "../peers/jax.ts";
import { onnxContender } from "../peers/onnxruntime.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";
import { torchContenders } from "../peers/torch-process.ts";

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
  remarks: () => ["Seconds are medians of one product. GFLOP/s = 2·m·n·k ÷ seconds."],
  async run(options, note) {
    const engines = await createEngines(options);
    const findings = await oneByOne(worksOf(options), async (work) => {
      const ours = await oneByOne(engines, (engine) => matMulContender(engine, work));
      const theirs = await oneByOne(options.peers, (peer) => peerContenders(peer, work, options));
      return findingsOf([...ours, ...theirs.flat()], { options, note });
    });
    return findings.flat();
  },
});

function worksOf({ m, n, k, transpose }: Options): GemmWork[] {
  const given = m ?? n ?? k;
  const sizes = given === undefined ? stepProducts : [{ m: m ?? given, n: n ?? given, k: k ?? given }];
  return sizes.flatMap((one) => transpose.map((transposed) => gemmWork(one, transposed)));
}

async function peerContenders(peer: Peer, work: GemmWork, options: Options): Promise<(Contender | Absent)[]> {
  if (peer === "torch") return torchContenders("torch_gemm.py", work, { ...options, settings: { ...work } });
  if (peer === "onnxruntime-node") return [await onnxContender(work, Math.max(...options.threads))];
  if (!isTfjsPeer(peer)) return [await jaxContender(work)];
  const found = await tfjsPeer(peer);
  return [isAbsent(found) ? found : await matMulContender(found, work)];
}

async function jaxContender(work: GemmWork): Promise<Contender | Absent> {
  const jax = await loadJax();
  if (isAbsent(jax)) return jax;
  const { numpy, blockUntilReady } = jax;
  const { shapes, transposeA, transposeB } = work;
  const matrix = (shape: [number, number]) => jaxArray(jax, randomValues(...shape), shape);
  const [a, b] = [matrix(shapes.a), matrix(shapes.b)];
  const multiply = () => numpy.matmul(transposeA ? a.ref.transpose() : a.ref, transposeB ? b.ref.transpose() : b.ref);
  return {
    name: "jax-js",
    precision: "f32",
    work,
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
