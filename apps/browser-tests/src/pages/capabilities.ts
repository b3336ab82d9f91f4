import type { Probe } from "@trivium/tensor";
import { type Capability, measureCapabilities } from "@trivium/tensor/testing/cases";
import { pageBackends } from "./page-backends.ts";

export interface PageCapabilities {
  readonly probe: Probe;
  readonly capabilities: readonly Capability[];
}

/** Measures the capabilities of a backend in this page. */
export async function main({ backend: name }: { backend: string }): Promise<PageCapabilities> {
  const backend = pageBackends[name]!;
  const probe = await backend.probe();
  if (!probe.available) return { probe, capabilities: [] };
  await backend.activate();
  return { probe, capabilities: await measureCapabilities() };
}
