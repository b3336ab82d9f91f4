import { isStatistic } from "./fused/fused-op.ts";
import { type Tensor, tf } from "./tf.ts";

type Tape = NonNullable<ReturnType<typeof tf.engine>["state"]["activeTape"]>;

/**
 * Makes the backward pass free what it has left behind: tfjs would keep all that was saved for gradients, and the
 * gradient of every intermediate, until the last op is done.
 *
 * Each op's gradient is wrapped. When the next one is asked for, the one before has been taken whole, so its saved
 * tensors, what it made on the way and the gradients of its outputs have no reader left, but those that are gradients of
 * its inputs too. Statistics get one small tensor for a gradient, not the zeros of their size that tfjs would make.
 *
 * @param tape - the ops in forward order, once all are recorded.
 */
export function releaseBehind(tape: Tape): void {
  /** How many inputs and outputs have this very tensor as their gradient. */
  const uses = new Map<Tensor, number>();
  const use = (gradient: Tensor) => uses.set(gradient, (uses.get(gradient) ?? 0) + 1);
  const reached = new Set<number>();
  let leave = () => {};
  const nothing = tf.scalar(0);
  for (const node of tape) {
    const { gradient, inputs, kernelName, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      leave();
      const given = (dys as (Tensor | null)[]).filter((dy) => dy !== null);
      for (const dy of given) if (!uses.has(dy)) use(dy);
      const { track } = tf.engine().state.activeScope;
      const before = track.length;
      const gradients = gradient(dys.map((dy, output) => dy ?? (isStatistic(kernelName, output) ? nothing : dy)));
      const made = track.slice(before);
      const added: Tensor[] = [];
      leave = () => {
        for (const dy of [...given, ...added]) unuse(uses, dy);
        for (const tensor of [...saved, ...made]) if (!uses.has(tensor)) tensor.dispose();
      };
      return watched(gradients, (dx, name) => {
        use(dx);
        const { id } = inputs[name]!;
        // tfjs adds it to what there is, and keeps the sum.
        if (reached.has(id)) added.push(dx);
        reached.add(id);
      });
    };
  }
}

function unuse(uses: Map<Tensor, number>, gradient: Tensor): void {
  const left = uses.get(gradient)! - 1;
  uses.set(gradient, left);
  if (left > 0) return;
  uses.delete(gradient);
  gradient.dispose();
}

type Gradients = Record<string, () => Tensor>;

const watched = (gradients: Gradients, watch: (gradient: Tensor, name: string) => void): Gradients =>
  Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => [
      name,
      () => {
        const dx = gradient();
        watch(dx, name);
        return dx;
      },
    ]),
  );
