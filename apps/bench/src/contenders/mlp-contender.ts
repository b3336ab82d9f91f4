import { linear, type ParameterTree, type Tensor1D, type Tensor2D, tf, valueAndGradients } from "@trivium/tensor";
import { type Contender, contenderOn, type Subject } from "../contender.ts";
import { type MlpWork, mlpValues } from "../mlp-work.ts";

/** A training that can say how far it is. */
export interface MlpContender extends Contender {
  /** The loss of the last step, before its update. */
  loss(): number;
}

/** Two linear maps with tanh between them, trained by gradient descent, in ops of `@trivium/tensor` on some backend. */
export async function mlpContender(subject: Subject, work: MlpWork): Promise<MlpContender> {
  const { rows, input, hidden, output, rate } = work;
  const values = mlpValues(work);
  await subject.use();
  const x = tf.tensor2d(values.x, [rows, input]);
  const y = tf.tensor2d(values.y, [rows, output]);
  const shapes = { w1: [input, hidden], b1: [hidden], w2: [hidden, output], b2: [output] } as const;
  let parameters: Record<string, tf.Tensor> = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, tf.tensor(values[name as keyof typeof shapes], [...shape])]),
  );
  let last = Number.NaN;
  const lossOf = ({ w1, b1, w2, b2 }: typeof parameters) => {
    const states = linear(x, w1 as Tensor2D, b1 as Tensor1D, { activation: "tanh" });
    return tf.mean(tf.squaredDifference(linear(states, w2 as Tensor2D, b2 as Tensor1D), y));
  };
  const step = async () => {
    const before = parameters;
    const { value, gradients } = valueAndGradients(() => lossOf(before), before);
    const down = (name: string) =>
      tf.tidy(() => tf.sub(before[name]!, tf.mul((gradients as typeof before)[name]!, rate)));
    parameters = Object.fromEntries(Object.keys(before).map((name) => [name, down(name)]));
    last = (await value.data())[0] as number;
    tf.dispose([value, Object.values(before), Object.values(gradients as ParameterTree)] as never);
  };
  const contender = contenderOn(subject, {
    work,
    async run(times) {
      for (let time = 0; time < times; time++) await step();
    },
    close: () => tf.dispose([x, y, Object.values(parameters)] as never),
  });
  return { ...contender, loss: () => last };
}
