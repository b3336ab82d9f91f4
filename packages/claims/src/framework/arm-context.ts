import type { AttentionKernel } from "@trivium/attention";
import { type Plugins, resolveArchitecture, resolveDataset } from "@trivium/compose";
import type { Dataset } from "@trivium/data";
import type { ArmContext } from "./claim.ts";

/**
 * Creates the context of arms: everything by name from the registry, a dataset once for all of them.
 *
 * @example createArmContext(createRegistry(presets), reference()).architecture("prefix").streams // => ["tokens"]
 */
export function createArmContext(registry: Plugins, attention: AttentionKernel): ArmContext {
  const datasets = new Map<string, Promise<Dataset>>();
  return {
    registry,
    attention,
    architecture: (name) => resolveArchitecture(name, registry),
    dataset(name, options = {}) {
      const key = JSON.stringify([name, options]);
      const known = datasets.get(key) ?? resolveDataset({ name, options }, registry);
      datasets.set(key, known);
      return known;
    },
  };
}
