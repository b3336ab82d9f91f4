/**
 * Times one training step of a small GPT (vocabulary 64, length 16, batch 64, width 128, 2 layers, 4 heads), made of
 * Trivium's own packages, on `simd` and on tfjs `cpu`: `pnpm training-step [ROUNDS]`. Medians of 3 rounds after a warm-up.
 * Fails if simd is less than 50 times faster.
 */
import { oneByOne } from "../src/contender.ts";
import { useBackend } from "../src/contenders/engines.ts";
import { stepContender } from "../src/contenders/step-contender.ts";
import { measure, median } from "../src/measure.ts";
import { attentionNamed, plugins } from "../src/plugins.ts";
import { stepWork } from "../src/step-work.ts";

const REQUIRED_RATIO = 50;
const rounds = Number(process.argv[2] ?? 3);

const work = stepWork("causal", { vocabulary: 64, length: 16, batch: 64, width: 128, layers: 2, heads: 4 });
const contenders = await oneByOne(["simd", "cpu"] as const, async (name) => {
  const backend = plugins.get("backend", name);
  const subject = { name, precision: "f32", backend, use: await useBackend(backend) } as const;
  return stepContender(subject, work, attentionNamed("reference"));
});
const measured = await measure(contenders, { rounds, warmup: 1, minimumSeconds: 0.5 });
const [fast, slow] = measured.map(({ contender, seconds }) => {
  const one = median(seconds);
  const speed = `${(one * 1000).toFixed(1)} ms a step, ${Math.round(work.tokens / one)} tokens/s`;
  console.log(`${contender.name}: ${speed} (median of ${seconds.length} rounds), loss ${contender.loss().toFixed(4)}`);
  return one;
});
const ratio = (slow as number) / (fast as number);
console.log(`ratio: ${ratio.toFixed(1)}, required ${REQUIRED_RATIO}`);
process.exitCode = ratio >= REQUIRED_RATIO ? 0 : 1;
