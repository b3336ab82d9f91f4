import type { ResolvedConfig } from "@trivium/model";
import {
  disposeTree,
  flattenSpecs,
  type ParameterTree,
  type SpecTree,
  type Tensor,
  tf,
  unflattenTree,
} from "@trivium/tensor";
import { refusing } from "./foreign-config.ts";
import type { ForeignTensors } from "./foreign-tensors.ts";
import type { PretrainedFamily } from "./pretrained-family.ts";
import type { TensorMap } from "./tensor-map.ts";
import { foreignShape, toOurs } from "./transform.ts";

type Shape = readonly number[];

/** A tensor that is there, and the parameters that it gives. */
interface PlannedTensor extends TensorMap {
  readonly name: string;
  readonly shapes: readonly Shape[];
}

export interface LoadRequest {
  readonly family: PretrainedFamily;
  readonly tensors: ForeignTensors;
  readonly config: ResolvedConfig;
  readonly specs: SpecTree;
  readonly place: string;
}

/**
 * Holds the tensors of a checkpoint against the parameters of a model, by names and shapes; nothing is read for it but
 * copies, which are compared.
 *
 * @throws {CheckpointError} `pretrained/tensors` with all that are missing, of another shape or not expected;
 *   `pretrained/copies` if copies of one tensor differ.
 */
export async function planTensors({ family, tensors, config, specs, place }: LoadRequest): Promise<PlannedTensor[]> {
  const shapes = new Map(Object.entries(flattenSpecs(specs)).map(([path, { shape }]) => [path, shape]));
  const maps = mapsOf(family, config, shapes);
  const planned: PlannedTensor[] = [];
  const [missing, misshapen]: [string[], string[]] = [[], []];
  const expected = new Set<string>(maps.flatMap(({ names }) => names));
  if (config.head.tied) expected.add(family.head);
  for (const map of maps) {
    const own = map.paths.map((path) => shapes.get(path) as Shape);
    const there = map.names.filter((name) => tensors.names.has(name));
    const [name] = there;
    if (name === undefined) missing.push(`${map.names[0]} is missing`);
    else planned.push({ ...map, name, shapes: own });
    const wanted = foreignShape(map, own).join(", ");
    for (const one of there) {
      const got = tensors.shape(one).join(", ");
      if (got !== wanted) misshapen.push(`${one} should be [${wanted}], got [${got}]`);
    }
  }
  const extra = [...tensors.names].filter((name) => !expected.has(name) && !family.ignoredTensors?.test(name));
  const problems = [misshapen, missing, extra.map((name) => `${name} is not expected`)].flatMap(some);
  if (problems.length > 0) {
    const remedy = "download the whole folder again, or take the config.json that belongs to these weights";
    refusing(place, "tensors")(`it is no "${family.name}" of this configuration: ${problems.join("; ")}; ${remedy}`);
  }
  for (const { name, names } of planned) {
    for (const copy of names) {
      if (copy === name || !tensors.names.has(copy) || (await tensors.isSame(name, copy))) continue;
      refusing(
        place,
        "copies",
      )(`${name} and ${copy} differ, and here both are one embedding; save the model again with one of both`);
    }
  }
  return planned;
}

/** Problems of one kind that a message lists. */
const LISTED = 10;

const some = (problems: readonly string[]): string[] => [
  ...problems.slice(0, LISTED),
  ...(problems.length > LISTED ? [`and ${problems.length - LISTED} more`] : []),
];

/** Holds a parameter in another form, packed for example. Consumes the tensor if the result is another one. */
export type HoldParameter = (path: string, parameter: Tensor) => Tensor | ParameterTree;

/** Bytes of tensors that are read while the one before them is taken over. */
const AHEAD_BYTES = 2 ** 26;

/**
 * Reads the parameters of a model, tensor by tensor, the next ones while one is taken over. They belong to the caller.
 *
 * @param hold - turns each one into what is kept of it. While it is a promise, the first ones are read. Default: the tensor.
 */
export async function loadParameters(
  planned: readonly PlannedTensor[],
  tensors: ForeignTensors,
  hold: HoldParameter | Promise<HoldParameter> = (_, parameter) => parameter,
): Promise<ParameterTree> {
  const loaded: Record<string, Tensor | ParameterTree> = {};
  const next = readAhead(planned, tensors);
  try {
    let values = next();
    const held = await hold;
    for (const map of planned) {
      const parts = toOurs(map, (await values) as Float32Array, map.shapes);
      values = next();
      for (const [index, path] of map.paths.entries()) {
        const shape = [...(map.shapes[index] as Shape)];
        loaded[path] = held(path, tf.tensor(parts[index] as Float32Array, shape, "float32"));
      }
    }
  } catch (error) {
    disposeTree(unflattenTree<Tensor>(loaded));
    throw error;
  }
  return unflattenTree<Tensor>(loaded);
}

/** Returns a function that returns the values of each tensor in turn, and reads further ones meanwhile. */
function readAhead(planned: readonly PlannedTensor[], tensors: ForeignTensors) {
  const bytesOf = ({ name }: PlannedTensor): number => tensors.shape(name).reduce((size, side) => size * side, 4);
  const reading: Promise<Float32Array>[] = [];
  let [taken, bytes] = [0, 0];
  return (): Promise<Float32Array> | undefined => {
    if (taken > 0) bytes -= bytesOf(planned[taken - 1] as PlannedTensor);
    while (reading.length < planned.length && (reading.length === taken || bytes < AHEAD_BYTES)) {
      const map = planned[reading.length] as PlannedTensor;
      bytes += bytesOf(map);
      const values = tensors.read(map.name);
      // Told where the tensor's turn comes.
      values.catch(() => {});
      reading.push(values);
    }
    const values = reading[taken];
    // What was taken is kept no longer.
    delete reading[taken++];
    return values;
  };
}

/** The maps of which a model has the parameters. */
export const mapsOf = (
  { tensors }: PretrainedFamily,
  config: ResolvedConfig,
  shapes: ReadonlyMap<string, Shape>,
): TensorMap[] => tensors(config).filter(({ paths }) => paths.every((path) => shapes.has(path)));
