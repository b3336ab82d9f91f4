import type { AttentionKernel } from "@trivium/attention";
import type { ArmContext } from "@trivium/claims";
import type { Dataset } from "@trivium/data";
import type { Architecture } from "@trivium/model";
import type { Objective } from "@trivium/objectives";
import type { Tokenizer } from "@trivium/text";
import type { Plugins } from "../load-registry.ts";

/** Creates the context of arms: everything by name from the registry, a dataset once for all of them. */
export function createArmContext(registry: Plugins, attention: AttentionKernel): ArmContext {
  const datasets = new Map<string, Promise<Dataset>>();
  return {
    architecture: (name) => registry.find("architecture", name).create as Architecture,
    attention,
    dataset(name, options = {}) {
      const key = JSON.stringify([name, options]);
      const known = datasets.get(key) ?? Promise.resolve().then(() => registry.create("dataset", name, options));
      datasets.set(key, known as Promise<Dataset>);
      return known as Promise<Dataset>;
    },
    objective: (name, options = {}) => registry.create("objective", name, options) as Objective,
    tokenizer: (json) => registry.create("tokenizer", json.name, json) as Tokenizer,
  };
}
