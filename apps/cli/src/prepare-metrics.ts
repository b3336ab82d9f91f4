import type { TaskForm } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import type { Metric } from "@trivium/evaluator";
import type { Plugins } from "./load-registry.ts";

/**
 * The metrics of those names.
 *
 * @throws {ConfigError} `cli/metrics` if there will be no text to score. @throws {UnknownPluginError} listing what there is.
 */
export function prepareMetrics(
  names: readonly string[],
  { registry, task, decoded }: { readonly registry: Plugins; readonly task: TaskForm; readonly decoded: number },
): Metric[] {
  if (names.length > 0 && (task === "text" || decoded === 0)) {
    const message = task === "text" ? "a text has no target to decode" : "--decoded 0 decodes nothing";
    throw new ConfigError("cli/metrics", `--metrics scores what was decoded, and ${message}; leave it out`);
  }
  return names.map((name) => registry.create("metric", name, {}) as Metric);
}
