import type { TaskForm } from "@trivium/compose";
import { ConfigError } from "@trivium/core";
import type { Metric } from "@trivium/evaluator";
import type { Plugins } from "./load-registry.ts";

/** Names of metrics, and the options of some of them by name. */
export interface NamedMetrics {
  readonly names: readonly string[];
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes the metrics of those names.
 *
 * @throws {ConfigError} `cli/metrics` if there will be no text to score, or options are for another metric. @throws {UnknownPluginError} listing what there is.
 */
export function metricsOf(
  { names, options = {} }: NamedMetrics,
  { registry, task, decoded }: { readonly registry: Plugins; readonly task: TaskForm; readonly decoded: number },
): Metric[] {
  if (names.length > 0 && (task === "text" || decoded === 0)) {
    const message = task === "text" ? "a text has no target to decode" : "--decoded 0 decodes nothing";
    throw new ConfigError("cli/metrics", `--metrics scores what was decoded, and ${message}; leave it out`);
  }
  const other = Object.keys(options).find((name) => !names.includes(name));
  if (other !== undefined) {
    throw new ConfigError("cli/metrics", `--metrics-options has options of ${other}, which --metrics does not name`);
  }
  return names.map((name) => registry.create("metric", name, options[name] ?? {}) as Metric);
}
