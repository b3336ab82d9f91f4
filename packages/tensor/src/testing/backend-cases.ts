import { tf } from "../tf.ts";
import { assertThat } from "./assert-close.ts";
import type { BackendCase } from "./backend-case.ts";
import { behaviourCases } from "./behaviour-cases.ts";
import { checkForward, checkGradient, differentiable, nameOf } from "./op-case.ts";
import { opCases } from "./op-cases.ts";

/** The conformance suite of the `backend` kind as plain cases: each runs on the active backend and throws on failure. */
export const backendCases: readonly BackendCase[] = [
  ...behaviourCases,
  ...opCases.map((one) => ({ name: `${nameOf(one)}: forward`, run: () => checkForward(one) })),
  ...opCases
    .filter((one) => differentiable(one).length > 0)
    .map((one) => ({ name: `${nameOf(one)}: gradient`, run: () => checkGradient(one) })),
].map(withoutLeak);

/** A case must leave no tensor behind, whatever the backend makes inside. */
function withoutLeak({ name, run }: BackendCase): BackendCase {
  return {
    name,
    async run() {
      const before = tf.memory().numTensors;
      await run();
      const left = tf.memory().numTensors - before;
      assertThat(left === 0, `${name}: ${left} tensors are left behind`);
    },
  };
}
