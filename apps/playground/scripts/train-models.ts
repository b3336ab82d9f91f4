/** Trains the models that stand beside the page, and writes them: `pnpm --filter @trivium/playground models`. */
import { writeFileSync } from "node:fs";
import { createSimdBackend } from "@trivium/backend-simd";
import { encodeSafetensors } from "@trivium/checkpoint";
import { disposeTree } from "@trivium/tensor";
import { consume, readTree, train } from "@trivium/trainer";
import { BUNDLED_STEPS, bundledFile, bundledSettings } from "../src/models/bundled.ts";
import { createArm } from "../src/train/arms.ts";
import { answerHeldOut } from "../src/train/held-out.ts";
import { armNames } from "../src/train/names.ts";
import { encodeData, loadDataset } from "../src/train/training-data.ts";

await createSimdBackend({ name: "playground", gemm: "wasm" }).activate();
const data = encodeData(await loadDataset(bundledSettings.task, ""));
for (const name of armNames) {
  const arm = createArm(name, bundledSettings, data);
  let loss = Number.NaN;
  const { parameters } = await consume(train({ ...arm.options, steps: BUNDLED_STEPS }), (event) => {
    if (event.type === "step") ({ loss } = event);
  });
  const file = new URL(`../${bundledFile(name)}`, import.meta.url);
  const bytes = encodeSafetensors(await readTree(parameters), { steps: String(BUNDLED_STEPS) });
  writeFileSync(file, bytes);
  const answers = await answerHeldOut(arm, parameters, data);
  console.log(`${name}: loss ${loss.toFixed(4)}, held-out error rate ${answers?.errorRate}, ${bytes.length} bytes`);
  disposeTree(parameters);
}
