import { type Tensor, tf } from "@trivium/tensor";
import { type Absent, type Contender, contenderOn, type Subject } from "../contender.ts";
import type { OpCase } from "../op-cases.ts";
import { finished } from "./mat-mul.ts";

/** An operation repeated on some backend; or why that backend cannot do it. */
export async function opContender(subject: Subject, work: OpCase): Promise<Contender | Absent> {
  await subject.use();
  try {
    const { run, dispose } = work.prepare();
    tf.dispose([run()].flat());
    return contenderOn(subject, {
      work,
      async run(times) {
        for (let time = 1; time < times; time++) tf.dispose([run()].flat());
        const [last, ...others] = [run()].flat() as [Tensor, ...Tensor[]];
        tf.dispose(others);
        await finished(last);
      },
      close: dispose,
    });
  } catch (error) {
    const reason = `${work.label}: ${(error as Error).message.split("\n")[0]}`;
    return { name: subject.name, reason, remedy: "Leave it out of --peers" };
  }
}
