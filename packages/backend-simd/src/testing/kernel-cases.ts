import { elementwiseCases } from "./elementwise-cases.ts";
import type { KernelCase } from "./kernel-case.ts";
import { movementCases } from "./movement-cases.ts";
import { rowCases } from "./row-cases.ts";

/** Random calls of every accelerated kernel that has a cpu original. */
export const kernelCases: Readonly<Record<string, KernelCase>> = { ...elementwiseCases, ...rowCases, ...movementCases };
