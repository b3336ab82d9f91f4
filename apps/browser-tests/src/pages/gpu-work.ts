import { fused, reference } from "@trivium/attention";
import { countGpuWork, type GpuWork } from "../count-gpu-work.ts";
import { trainingLosses } from "../training-steps.ts";
import { pageBackends } from "./page-backends.ts";

/** Returns the work of the third training step of an architecture, with the backend's own attention. */
export async function main({ backend: name, arm }: { backend: string; arm: string }): Promise<GpuWork> {
  const backend = pageBackends[name]!;
  await backend.activate();
  const take = countGpuWork();
  const steps: GpuWork[] = [];
  const attention = backend.fused.includes("attention") ? fused() : reference();
  await trainingLosses(arm, 3, { attention, onStep: () => void steps.push(take()) });
  return steps[2]!;
}
