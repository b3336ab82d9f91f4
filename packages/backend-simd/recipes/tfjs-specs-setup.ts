/** Runs before tfjs-core's specs in their bundle: registers the backend under test, chained ops and gradients. */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util";
import { registerSimdBackend } from "../src/register.ts";

export const registration = registerSimdBackend("simd-specs", JSON.parse(process.env.SIMD_SPECS_OPTIONS ?? "{}"));

setTestEnvs([{ name: "simd", backendName: "simd-specs", flags: {}, isDataSync: true }]);
