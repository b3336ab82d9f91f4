import { ConfigError } from "@trivium/core";
import type { BackendTraits } from "../backend-traits.ts";
import { tf } from "../tf.ts";
import { type FusedFamily, fusedKernels } from "./fused-kernels.ts";

/** The tfjs names of the kernels of each family of fused kernels. */
const namesByFamily: ReadonlyMap<FusedFamily, readonly string[]> = new Map(
  [...Map.groupBy(Object.values(fusedKernels), ({ family }) => family)].map(([family, kernels]) => [
    family,
    kernels.map(({ name }) => name),
  ]),
);

/** Every family of fused kernels. */
export const fusedFamilies: readonly FusedFamily[] = [...namesByFamily.keys()];

/**
 * Checks that a tfjs backend has registered the families of fused kernels which it declares, each whole, and no others.
 *
 * @throws {ConfigError} `backend/fused-family`, naming what is missing or undeclared.
 */
export function assertFamilies(backend: string, { fused, attentionGrain }: BackendTraits): void {
  for (const [family, names] of namesByFamily) {
    const missing = names.filter((name) => tf.getKernel(name, backend) == null);
    const isDeclared = fused.includes(family);
    if (missing.length === (isDeclared ? 0 : names.length)) continue;
    const lacks = missing.length > 0 ? ` and lacks ${missing.join(", ")}` : "";
    const claim = isDeclared ? "declares" : "has kernels of, and does not declare,";
    const remedy = "register all of its kernels and declare it in `fused`, or neither";
    const message = `backend "${backend}" ${claim} the family "${family}" of fused kernels${lacks}; ${remedy}`;
    throw familyError(message, { backend, family, missing });
  }
  if (fused.includes("attention") && attentionGrain === undefined) {
    const message = `backend "${backend}" has fused attention, and declares no \`attentionGrain\` to cut plans by`;
    throw familyError(message, { backend, family: "attention", missing: [] });
  }
}

const familyError = (message: string, details: Readonly<Record<string, unknown>>): ConfigError =>
  new ConfigError("backend/fused-family", message, { details });
