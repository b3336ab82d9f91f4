import type { Claim, NamedClaim } from "@trivium/claims";
import type { Plugins } from "../load-registry.ts";

/**
 * The claims of those ids; all for none, and for `all`.
 *
 * @throws {UnknownPluginError} listing what there is.
 */
export function findClaims(ids: readonly string[], registry: Plugins): NamedClaim[] {
  const names = new Set(ids.length > 0 ? ids.flatMap((id) => (id === "all" ? known(registry) : id)) : known(registry));
  return [...names].map((id) => ({ id, claim: (registry.find("claim", id).create as () => Claim)() }));
}

const known = (registry: Plugins) => registry.names("claim") as string[];
