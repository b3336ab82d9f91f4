/**
 * Prints the programs that a training step starts on a graphics device, and what it reads back, on tfjs's `webgpu` and on
 * `webgpu-fused`: `pnpm --filter @trivium/browser-tests gpu-work`. Needs Chromium; the numbers are those of every device.
 */
import { gpuWork } from "./measure-gpu-work.ts";
import { arms } from "./training-steps.ts";

console.log("architecture     webgpu  webgpu-fused  share   reads  bytes read");
for (const arm of Object.keys(arms)) {
  const { composed, fused } = await gpuWork(arm);
  const share = `${((100 * fused.dispatches) / composed.dispatches).toFixed(1)} %`;
  const columns = [String(composed.dispatches).padStart(6), String(fused.dispatches).padStart(12), share.padStart(6)];
  const reads = [
    `${composed.reads}, ${fused.reads}`.padStart(6),
    `${composed.bytesRead}, ${fused.bytesRead}`.padStart(10),
  ];
  console.log([arm.padEnd(15), ...columns, ...reads].join("  "));
}
