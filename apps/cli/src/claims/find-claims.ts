import type { Claim, NamedClaim } from "@trivium/evaluator";
import type { Plugins } from "../load-registry.ts";

/**
 * The claims of those ids, or all.
 *
 * @throws {UnknownPluginError} listing what there is.
 */
export function findClaims(ids: readonly string[], registry: Plugins): NamedClaim[] {
  const names = ids.length > 0 ? [...new Set(ids)] : (registry.names("claim") as string[]);
  return names.map((id) => ({ id, claim: (registry.find("claim", id).create as () => Claim)() }));
}
