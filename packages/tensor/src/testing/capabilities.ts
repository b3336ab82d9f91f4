import { tf } from "../tf.ts";
import { avoidedCases } from "./cases/avoided.ts";
import { checkForward, checkGradient, differentiable, type OpCase } from "./op-case.ts";
import { opCases } from "./op-cases.ts";

/** `"ok"`, `"none"` where there is nothing to differentiate, or the first line of what was thrown. */
export type Verdict = string;

export interface Capability {
  readonly op: string;
  readonly forward: Verdict;
  readonly gradient: Verdict;
}

/**
 * What the active backend can do, op by op, measured by running every case of the conformance suite, and some ops that
 * our code avoids.
 */
export async function measureCapabilities(): Promise<Capability[]> {
  const byOp = Map.groupBy([...opCases, ...avoidedCases], ({ op }) => op);
  const rows: Capability[] = [];
  for (const [op, cases] of byOp) {
    const forward = await verdict(cases, checkForward);
    const gradient = await verdict(
      cases.filter((one) => differentiable(one).length > 0),
      checkGradient,
    );
    rows.push({ op, forward, gradient });
  }
  return rows.sort((a, b) => (a.op < b.op ? -1 : 1));
}

async function verdict(cases: readonly OpCase[], check: (one: OpCase) => Promise<void>): Promise<Verdict> {
  if (cases.length === 0) return "none";
  const scope = tf.engine();
  for (const one of cases) {
    scope.startScope();
    try {
      await check(one);
    } catch (error) {
      return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
    } finally {
      scope.endScope();
    }
  }
  return "ok";
}
