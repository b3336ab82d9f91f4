import { type Tensor, tf } from "@trivium/tensor";
import { type Absent, type Contender, timed } from "../contender.ts";
import type { OpCase } from "../op-cases.ts";
import { finished } from "./mat-mul.ts";

export interface OpContenderOptions extends Omit<Contender, "run" | "close" | "work"> {
  readonly operation: OpCase;
  /** Makes its backend the current one. */
  use(): Promise<void>;
}

/** An operation repeated on some backend; or why that backend cannot do it. */
export async function opContender({ operation, use, ...own }: OpContenderOptions): Promise<Contender | Absent> {
  await use();
  try {
    const { run, dispose } = operation.prepare();
    tf.dispose([run()].flat());
    return {
      ...own,
      work: operation.name,
      async run(times) {
        await use();
        return timed(async () => {
          for (let time = 1; time < times; time++) tf.dispose([run()].flat());
          const [last, ...others] = [run()].flat() as [Tensor, ...Tensor[]];
          tf.dispose(others);
          await finished(last);
        });
      },
      close: dispose,
    };
  } catch (error) {
    const reason = `${operation.name}: ${(error as Error).message.split("\n")[0]}`;
    return { name: own.name, reason, remedy: "Leave it out of --peers" };
  }
}
