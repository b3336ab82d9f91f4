import { z } from "zod";
import { defineBenchmark } from "../bench-command.ts";
import { type Absent, isAbsent, oneByOne } from "../contender.ts";
import { createEngines } from "../contenders/engines.ts";
import { type MlpContender, mlpContender } from "../contenders/mlp-contender.ts";
import { findingsOf } from "../measure.ts";
import { type MlpWork, mlpWork } from "../mlp-work.ts";
import { count, engineOptions, measuringOptions, peersOption } from "../options.ts";
import { jaxMlp } from "../peers/jax-mlp.ts";
import { isTfjsPeer, tfjsPeer } from "../peers/tfjs-backends.ts";

const peers = ["jax-js", "tfjs-cpu", "tfjs-wasm", "tfjs-tensorflow"] as const;

const schema = z.strictObject({
  rows: count.default(1024).describe("Rows of a step"),
  input: count.default(128).describe("Width of a row"),
  hidden: count.default(512).describe("Width of the hidden layer"),
  output: count.default(128).describe("Width of a target"),
  ...engineOptions,
  peers: peersOption(peers, "jax-js"),
  ...measuringOptions,
});

/** A training step of a network of two layers: what does not need a transformer. */
export const mlp = defineBenchmark({
  name: "mlp",
  description: "A training step of a two-layer network: tanh, squared loss, gradient descent.",
  schema,
  remarks: () => ["Seconds are medians of one step: forward, backward, update."],
  async run(options, note) {
    const work = mlpWork(options);
    const ours = await oneByOne(await createEngines(options), (engine) => mlpContender(engine, work));
    const theirs = await oneByOne(options.peers, (peer) => peerContender(peer, work));
    return findingsOf([...ours, ...theirs], { options, note });
  },
});

async function peerContender(peer: (typeof peers)[number], work: MlpWork): Promise<MlpContender | Absent> {
  if (!isTfjsPeer(peer)) return jaxMlp(work);
  const found = await tfjsPeer(peer);
  return isAbsent(found) ? found : mlpContender(found, work);
}
