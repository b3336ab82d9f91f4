import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, isAbsent, presentContenders } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { type MlpContender, mlpContender } from "../contenders/mlp-contender.ts";
import { measure, median } from "../measure.ts";
import { type MlpWork, mlpWork } from "../mlp-work.ts";
import { count, engineOptions, listOf, measuringOptions } from "../options.ts";
import { jaxMlp } from "../peers/jax-mlp.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";

const peers = ["jax-js", "tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;

const schema = z.strictObject({
  rows: count.default(1024).describe("Rows of a step"),
  input: count.default(128).describe("Width of a row"),
  hidden: count.default(512).describe("Width of the hidden layer"),
  output: count.default(128).describe("Width of a target"),
  ...engineOptions,
  peers: listOf(peers)
    .prefault("jax-js")
    .describe(`Who else takes part, with commas: ${peers.join(", ")}`),
  ...measuringOptions,
});

/** A training step of a network of two layers: what does not need a transformer. */
export const mlp = defineBenchmark({
  name: "mlp",
  description: "A training step of a two-layer network: tanh, squared loss, gradient descent.",
  schema,
  async run(options, note) {
    const work = mlpWork(options);
    const found: (MlpContender | Absent)[] = [];
    for (const { precision, provider, threads, use } of await createEngines(options)) {
      found.push(await mlpContender({ name: "trivium", precision, provider, threads, use, work }));
    }
    for (const peer of options.peers) found.push(await peerContender(peer, work));
    const contenders = presentContenders(found, note);
    try {
      const findings = (await measure(contenders, options)).map(({ contender, seconds }) => {
        const { name, precision, provider, threads } = contender;
        const stepSeconds = median(seconds);
        const gflops = work.flops / stepSeconds / 1e9;
        return { name, precision, provider, threads, work: work.label, stepSeconds, gflops, rounds: [...seconds] };
      });
      return { findings, remarks: ["Seconds are medians of one step: forward, backward, update."] };
    } finally {
      for (const contender of contenders) await contender.close();
    }
  },
});

async function peerContender(peer: (typeof peers)[number], work: MlpWork): Promise<MlpContender | Absent> {
  if (!isTfjsPeer(peer)) return jaxMlp(work);
  const found = await tfjsPeer(peer);
  return isAbsent(found) ? found : mlpContender({ ...found, precision: "f32", work });
}
