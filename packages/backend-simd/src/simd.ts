import { type Plugin, validateWith } from "@trivium/registry";
import { activateBackend, type Backend, backend } from "@trivium/tensor";
import type { SimdOptions } from "./backend/simd-options.ts";
import { type ChosenOptions, chosenOptionsSchema, describeOptions } from "./chosen-options.ts";
import { chooseGemm } from "./gemm/choose-gemm.ts";
import { speedNotes } from "./gemm/speed-notes.ts";
import { kernelHashes } from "./generated/kernels.ts";
import { probeSimd } from "./probe.ts";
import { registerSimdBackend, type SimdRegistration, simdTraits } from "./register.ts";
import { threadCount } from "./threads/thread-count.ts";
import { bestBuild } from "./wasm/create-wasm-kernels.ts";

export interface CreateSimdBackendOptions extends SimdOptions {
  /** The name under which tfjs knows it; each set of options needs its own. */
  readonly name: string;
}

/**
 * A backend with options of its own, registered with tfjs under `name`.
 *
 * @throws {ConfigError} `simd/name-taken` if tfjs has a backend of that name already; on activation `simd/threads` if
 * the number of threads is none, `simd/gemm` if there is no GEMM provider of that name.
 * @throws {UnsupportedError} on activation `simd/gemm` if a GEMM provider was asked for that cannot run here.
 * @example await createSimdBackend({ name: "simd-plain", build: "plain" }).activate()
 */
export function createSimdBackend({ name, ...options }: CreateSimdBackendOptions): Backend & SimdRegistration {
  return createBackend(name, options, name);
}

/** @param identity - the name in its numeric identity, which the number of threads is no part of. */
function createBackend(name: string, options: SimdOptions, identity: string): Backend & SimdRegistration {
  const registration = registerSimdBackend(name, options);
  const traits = simdTraits(name, options);
  const probe = () => probeSimd(options);
  const activate = async () => {
    // tfjs only prints what a backend throws when it is made.
    threadCount(options.threads);
    chooseGemm(options);
    await activateBackend({ ...traits, name, probe });
    await registration.threadsReady();
  };
  const numericIdentity = async () => numericIdentityOf(identity, options);
  const notes = async () => speedNotes(options);
  return { ...registration, ...traits, probe, numericIdentity, speedNotes: notes, activate };
}

function numericIdentityOf(name: string, options: SimdOptions): Record<string, string> {
  const build = options.build ?? bestBuild();
  const gemm = chooseGemm(options);
  const version = gemm.version && { gemmVersion: gemm.version };
  const { precision } = gemm;
  return { backend: name, build, kernels: kernelHashes[build], gemm: gemm.name, ...version, precision };
}

/** Shared WebAssembly memory with SIMD kernels: the fast backend where nothing can be installed. */
export const simd: Backend & SimdRegistration = { ...createSimdBackend({ name: "simd" }), withOptions };

const withChosenOptions = new Map<string, Backend>();

function withOptions(given: Readonly<Record<string, unknown>>): Backend {
  const context = { code: "simd/options", what: 'the options of backend "simd"' };
  const options = validateWith(chosenOptionsSchema, given, context) as ChosenOptions;
  const described = describeOptions(options);
  if (described === "") return simd;
  const name = `simd(${described})`;
  const backend = withChosenOptions.get(name) ?? createBackend(name, options, "simd");
  withChosenOptions.set(name, backend);
  return backend;
}

/** `simd`, for a registry. */
export const simdPlugin: Plugin<"backend", "simd", Backend> = backend("simd", simd, {
  description:
    "SIMD WebAssembly kernels on shared memory, on all cores; matrix products in a BLAS where one is installed.",
  schema: chosenOptionsSchema,
});

/** How often each accelerated kernel of the backend "simd" did the work itself; 0 for one that never did. */
export const acceleratedCalls = (): Readonly<Record<string, number>> => simd.acceleratedCalls();

/** What the backend "simd" holds; starts it if tfjs has not yet. */
export const simdUse = (): ReturnType<SimdRegistration["use"]> => simd.use();
