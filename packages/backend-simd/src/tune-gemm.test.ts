import { expect, test } from "vitest";
import { probeGemmProviders } from "./gemm/choose-gemm.ts";
import { tuneGemm } from "./tune-gemm.ts";

test("every provider that is available is measured, and the fastest one is chosen", async () => {
  const { measured, tuning } = await tuneGemm();
  const available = probeGemmProviders().filter((probe) => probe.available);
  const speeds = measured.filter(({ precision }) => precision === "f32");
  expect(speeds.map(({ gemm }) => gemm)).toEqual(available.map(({ name }) => name));
  for (const { gigaflops } of measured) expect(gigaflops).toBeGreaterThan(0);
  const fastest = Math.max(...speeds.map(({ gigaflops }) => gigaflops));
  expect(speeds.find(({ gigaflops }) => gigaflops === fastest)!.gemm).toBe(tuning.f32);
});
