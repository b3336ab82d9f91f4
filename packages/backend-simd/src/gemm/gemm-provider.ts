import { defineKind } from "@trivium/registry";
import type { LibraryBinding } from "./library/bind-library.ts";
import type { LibraryFunctions } from "./product.ts";

/** What `probe` of a provider found. */
export type GemmProbe =
  | {
      readonly available: true;
      /** What decides the bits of its results besides its name: the library's version, and the code that it picked. */
      readonly version: string;
      readonly detail: string;
      /** True if it multiplies bfloat16 matrices, too; else why not, if there is more to say. */
      readonly bf16?: true | string | undefined;
      /** Why the WebAssembly kernel is faster here, so that the provider is used only where it is asked for. */
      readonly slow?: string | undefined;
    }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** A provider at work on one memory. */
export interface OpenedGemm extends LibraryFunctions {
  /** Added to byte offsets in the memory before they are given to `product`. */
  readonly base: number;
  /** What workers open for themselves; a provider without it works on the main thread alone. */
  readonly inWorkers?: LibraryBinding;
}

/**
 * What multiplies large matrices on the memory of a backend, in place of the WebAssembly kernel.
 *
 * Products are cut into panels by their shape alone, and each panel is one call, on whichever thread: the same call must
 * give the same bits.
 */
export interface GemmProvider {
  /** Whether it multiplies here, rightly; never throws. Found once, and then known. */
  probe(): GemmProbe;
  /** Called only where it is available. */
  open(memory: WebAssembly.Memory): OpenedGemm;
}

/** The kind of plugins that multiply matrices: a value. */
export const gemmProvider = defineKind<GemmProvider>()("gemm");
