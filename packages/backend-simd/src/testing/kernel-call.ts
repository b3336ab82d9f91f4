import type { DataType, NamedAttrMap } from "@tensorflow/tfjs-core";
import type { NumericValues } from "../backend/tensor-data.ts";

/** An input of a kernel as plain numbers. */
export interface Given {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: NumericValues;
}

/** One call of a kernel. */
export interface KernelCall {
  readonly kernelName: string;
  /** A list for kernels that take one (`Concat`). */
  readonly inputs: Readonly<Record<string, Given>> | readonly Given[];
  readonly attributes?: NamedAttrMap;
  /** Whether the accelerated kernel itself should answer; where unsaid, either may. */
  readonly accelerated?: boolean;
}

/** One output of a kernel as plain numbers. */
export interface KernelResult {
  readonly shape: number[];
  readonly dtype: DataType;
  readonly values: NumericValues;
}
