import { documentIds, type ModelInput } from "@trivium/features";
import { disposeTree, flattenTree, type Tensor2D, type Tensor3D, tf, valueAndGradients } from "@trivium/tensor";
import { logitsOf } from "../logits-of.ts";
import { assertClose } from "./assert-close.ts";
import { sampleInput, withId } from "./sample-input.ts";
import type { Subject } from "./subject.ts";

/** Longest first, as rows are filled: so the documents of a packed batch come in this order, too. */
const rows = [
  { length: 6, prefixLength: 3 },
  { length: 5, prefixLength: 1 },
  { length: 4, prefixLength: 2 },
];

/** Two rows: the first with one document and padding, the second with two documents. */
const packing = 9;

/** The same logits and the same gradients, whether documents share rows or not. */
export function packedEqualsUnpacked(subject: Subject): void {
  const { architecture } = subject.model;
  const [alone, together] = [sampleInput(architecture, { rows }), sampleInput(architecture, { rows, packing })];
  if (together.size !== 2) throw new Error(`packed into ${together.size} rows, 2 were meant`);
  const [expected, actual] = [alone, together].map((input) => measure(subject, input));
  assertClose(actual!.logits, expected!.logits, "packed");
  for (const [path, gradient] of Object.entries(expected!.gradients)) {
    const size = Math.max(1, Math.hypot(...gradient));
    assertClose(actual!.gradients[path] as Float32Array, gradient, `gradient of ${path}, packed`, 2e-5 * size);
  }
}

/** A token moves its own document, and no bit of another. */
export function documentsStayApart(subject: Subject): void {
  const { architecture } = subject.model;
  const input = sampleInput(architecture, { rows, packing });
  const predicting = architecture.streams.at(-1) as string;
  const owners = documentIds(input.streams[predicting]!).flat();
  const read = (given: ModelInput) =>
    tf.tidy(() => logitsOf(subject.model, subject.parameters, given).arraySync().flat());
  const before = read(input);
  for (const stream of architecture.streams) {
    documentIds(input.streams[stream]!).forEach((documents, row) => {
      documents.forEach((document, slot) => {
        const after = read(withId(input, stream, { row, slot }));
        const moved = owners.filter((_, at) => after[at]?.some((logit, id) => !Object.is(logit, before[at]?.[id])));
        const wrong = new Set(moved.filter((owner) => owner !== document && owner >= 0));
        const what = `changing a token of ${document < 0 ? "the padding" : `document ${document}`} in "${stream}"`;
        if (wrong.size > 0) throw new Error(`${architecture.name}: ${what} moved documents ${[...wrong].join(", ")}`);
        if (document >= 0 && moved.length === 0) throw new Error(`${architecture.name}: ${what} moved nothing`);
      });
    });
  }
}

interface Measured {
  /** Of real tokens, document after document. */
  readonly logits: Float32Array;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

function measure({ model, parameters }: Subject, input: ModelInput): Measured {
  const real = (logits: Tensor3D): Tensor2D => {
    const owners = documentIds(input.streams[model.architecture.streams.at(-1) as string]!).flat();
    const slots = [...owners.keys()].filter((slot) => (owners[slot] as number) >= 0);
    return tf.gather(tf.reshape(logits, [owners.length, -1]) as Tensor2D, tf.tensor1d(slots, "int32"));
  };
  const logits = tf.tidy(
    () =>
      real(logitsOf(model, parameters, input))
        .dataSync()
        .slice() as Float32Array,
  );
  const loss = () => tf.sum(tf.square(tf.sin(real(logitsOf(model, parameters, input)))));
  const { value, gradients } = valueAndGradients(loss as never, parameters);
  const leaves = Object.entries(flattenTree(gradients));
  const values = Object.fromEntries(leaves.map(([path, leaf]) => [path, leaf.dataSync().slice() as Float32Array]));
  value.dispose();
  disposeTree(gradients);
  return { logits, gradients: values };
}
