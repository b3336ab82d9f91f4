import type { AttentionGrain } from "./fused/attention-plan.ts";
import type { FusedFamily } from "./fused/fused-kernels.ts";
import { tf } from "./tf.ts";
import type { TokenProgram } from "./token-program.ts";

/** The memory of a backend's tensors. */
export interface BackendMemory {
  /** The most bytes that tensors can take. Known before the backend is active. */
  readonly limitBytes: number;
  /** Bytes that tensors can still take. Starts the backend. */
  freeBytes(): number;
}

/** Facts of a backend that ops and compositions go by. */
export interface BackendTraits {
  /** `"stalling"` if reading a tensor waits for a device, as a graphics card. Ops then read nothing in a step. */
  readonly reads: "cheap" | "stalling";
  /**
   * `"float32-shader"` if elementary functions are only as exact as a shading language demands. The conformance suite then
   * allows larger differences.
   */
  readonly arithmetic: "float32" | "float32-shader";
  /** The families of `fusedKernels` that the backend has; other fused ops are composed of tfjs ops. */
  readonly fused: readonly FusedFamily[];
  /** Sizes of the attention kernel, for a backend that has the family `"attention"`. */
  readonly attentionGrain?: AttentionGrain | undefined;
  /** Absent where no limit is known. */
  readonly memory?: BackendMemory | undefined;
  /** Begins a program over so many rows. A backend without it decodes op by op. */
  readonly tokenProgram?: ((rows: number) => TokenProgram) | undefined;
}

const declared = new Map<string, BackendTraits>();

/** Keeps the traits of the tfjs backend `name`. `activateBackend` does this too. */
export const declareTraits = (name: string, traits: BackendTraits): void => void declared.set(name, traits);

const undeclared: BackendTraits = { reads: "cheap", arithmetic: "float32", fused: [] };

/** Returns the traits of the active backend. One that no `Backend` declared has cheap reads and nothing fused. */
export const activeTraits = (): BackendTraits => declared.get(tf.getBackend()) ?? undeclared;
