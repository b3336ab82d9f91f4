import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend/simd-backend.ts";
import { isNumeric, type TensorData } from "../backend/tensor-data.ts";

/** A kernel that replaces the copied cpu one of the same name, or one that the cpu backend lacks. */
export interface AcceleratedKernel {
  readonly kernelName: string;
  /** Returns the outputs, or undefined where the request is not covered: then the cpu original runs. */
  readonly run: (
    backend: SimdBackend,
    inputs: NamedTensorInfoMap,
    attributes: NamedAttrMap,
  ) => TensorInfo | TensorInfo[] | undefined;
}

/** An input in the shared memory. */
export interface KernelInput {
  readonly tensor: TensorInfo;
  readonly shape: number[];
  readonly data: TensorData;
}

/** Types of inputs by name, `"numeric"` being any that the shared memory holds; with `?` an input may be missing. */
type InputTypes = Readonly<Record<string, `${InputType}${"?" | ""}`>>;

type InputType = "float32" | "int32" | "bool" | "numeric";

/** The inputs of a kernel by name. */
type Inputs<Types extends InputTypes> = {
  readonly [Name in keyof Types]: Types[Name] extends `${string}?` ? KernelInput | undefined : KernelInput;
};

/** A kernel whose inputs are of these types; of other types, or where it returns undefined, the original runs. */
export function accelerate<const Types extends InputTypes>(
  kernelName: string,
  types: Types,
  run: (backend: SimdBackend, inputs: Inputs<Types>, attributes: NamedAttrMap) => TensorInfo | TensorInfo[] | undefined,
): AcceleratedKernel {
  const read = inputReader(types);
  return {
    kernelName,
    run(backend, given, attributes) {
      const inputs = read(backend, given);
      // tfjs leaves attributes out where a kernel has none.
      return inputs && run(backend, inputs as Inputs<Types>, attributes ?? {});
    },
  };
}

/** Returns a function to the inputs with their data, or to undefined if one is missing or of another type. */
export function inputReader(
  types: InputTypes,
): (backend: SimdBackend, given: NamedTensorInfoMap) => Readonly<Record<string, KernelInput>> | undefined {
  const fields = Object.entries(types).map(([name, type]) => {
    return { name, type: type.replace("?", "") as InputType, optional: type.endsWith("?") };
  });
  return (backend, given) => {
    const inputs: Record<string, KernelInput> = {};
    for (const { name, type, optional } of fields) {
      const tensor = given[name];
      if (tensor == null && optional) continue;
      const input = readInput(backend, tensor, type);
      if (input === undefined) return undefined;
      inputs[name] = input;
    }
    return inputs;
  };
}

/** Float32 inputs in a list; undefined if one is of another type. */
export function readList(backend: SimdBackend, given: NamedTensorInfoMap): readonly KernelInput[] | undefined {
  const read = Object.values(given).map((tensor) => readInput(backend, tensor, "float32"));
  return read.every((input) => input !== undefined) ? read : undefined;
}

/** The input with its data; undefined if it is missing or of another type. */
export function readInput(
  backend: SimdBackend,
  tensor: TensorInfo | undefined,
  type: InputType,
): KernelInput | undefined {
  if (tensor == null || (type === "numeric" ? !isNumeric(tensor.dtype) : tensor.dtype !== type)) return undefined;
  const data = backend.data.get(tensor.dataId);
  // A cast may have changed the name of the type alone.
  return data.dtype === tensor.dtype ? { tensor, shape: tensor.shape, data } : undefined;
}
