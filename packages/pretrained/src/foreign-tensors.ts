import { float32Of, type NamedArray, type OpenedArrays } from "@trivium/checkpoint";
import type { TensorNames } from "./family-record.ts";
import { refusing } from "./foreign-config.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";

/** The tensors of a checkpoint by their names without the family's prefix. */
export interface ForeignTensors {
  readonly names: ReadonlySet<string>;
  /** The shape of a tensor that is there. */
  shape(name: string): readonly number[];
  /** @throws {CheckpointError} `pretrained/not-finite`, and what reading throws. */
  read(name: string): Promise<Float32Array>;
  isSame(name: string, other: string): Promise<boolean>;
}

/** @throws {CheckpointError} `pretrained/tensors` if a tensor is there with the prefix and without. */
export function foreignTensors(
  arrays: OpenedArrays,
  { prefix }: Pick<PretrainedFamily, "prefix">,
  place: string,
): ForeignTensors {
  const stored = new Map<string, string>();
  for (const name of arrays.infos.keys()) {
    const short = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    if (stored.has(short)) refusing(place, "tensors")(`${stored.get(short)} and ${name} are one tensor; remove one`);
    stored.set(short, name);
  }
  const nameOf = (name: string): string => stored.get(name) ?? name;
  const raw = (name: string): Promise<NamedArray> => arrays.read(nameOf(name));
  return {
    names: new Set(stored.keys()),
    shape: (name) => arrays.infos.get(nameOf(name))?.shape ?? [],
    async read(name) {
      const values = float32Of(await raw(name), `${place}: ${nameOf(name)}`);
      if (areFinite(values)) return values;
      return refusing(
        place,
        "not-finite",
      )(`${nameOf(name)} holds NaN or an infinity; the file is broken: download or save it again`);
    },
    async isSame(name, other) {
      const [one, two] = [await raw(name), await raw(other)];
      if (one.dtype !== two.dtype || one.shape.join() !== two.shape.join()) return false;
      return sameBytes(one, two);
    },
  };
}

/** Zero times a number is NaN for what is not finite. Four sums take two thirds of the time of a test of each number. */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = values.length - (values.length % 4);
  for (let at = 0; at < even; at += 4) {
    a += 0 * (values[at] as number);
    b += 0 * (values[at + 1] as number);
    c += 0 * (values[at + 2] as number);
    d += 0 * (values[at + 3] as number);
  }
  for (let at = even; at < values.length; at++) a += 0 * (values[at] as number);
  return a + b + c + d === 0;
}

/** The number of weights, where copies of the embedding are one: the head may be a copy, which only its bytes tell. */
export function leastWeights(
  { names, shape }: ForeignTensors,
  { embedding, head, ignoredTensors }: PretrainedFamily,
): number {
  const sizeOf = (name: string): number => shape(name).reduce((size, side) => size * side, 1);
  const copies = [...embedding, head].filter((name) => names.has(name));
  const others = [...names].filter((name) => !copies.includes(name) && !ignoredTensors?.test(name));
  return others.reduce((sum, name) => sum + sizeOf(name), Math.max(0, ...copies.map(sizeOf)));
}

function sameBytes({ data: one }: NamedArray, { data: two }: NamedArray): boolean {
  const [a, b] = [one, two].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  ) as [Uint8Array, Uint8Array];
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return a.length === b.length;
}

/** Tells a configuration what the tensors say, and a person where both disagree. */
export async function tensorNames(
  tensors: ForeignTensors,
  { embedding, head }: PretrainedFamily,
  saysTied: unknown,
): Promise<TensorNames & { readonly warnings: readonly string[] }> {
  const { names } = tensors;
  const found = embedding.find((name) => names.has(name));
  const has = (name: string): boolean => names.has(name);
  if (!names.has(head)) {
    const warnings =
      saysTied === false ? [`tie_word_embeddings is false and there is no ${head}: the embedding is the head`] : [];
    return { has, isTied: true, warnings };
  }
  const isCopy = saysTied !== false && found !== undefined && (await tensors.isSame(found, head));
  const warnings =
    saysTied === true && !isCopy
      ? [`tie_word_embeddings is true and ${head} is not the embedding: it is the head`]
      : [];
  return { has, isTied: isCopy, warnings };
}
