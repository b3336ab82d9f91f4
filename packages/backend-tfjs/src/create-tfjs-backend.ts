import { activateBackend, type Backend, type BackendTraits, type Probe } from "@trivium/tensor";

/** A backend of tfjs, before its package is imported. */
export interface TfjsBackendParts extends Pick<BackendTraits, "reads" | "arithmetic"> {
  /** The name under which tfjs knows it. */
  readonly name: string;
  readonly probe: () => Promise<Probe>;
  /** Imports the tfjs package, which registers the backend and its kernels. Called only where `probe` found it. */
  readonly load: () => Promise<unknown>;
}

/** The finding that a backend cannot run here. */
export const unavailable = (reason: string, remedy: string): Probe => ({ available: false, reason, remedy });

/** Creates a backend whose tfjs package is imported when it is first activated, so that knowing of it costs nothing. */
export function createTfjsBackend({ load, ...given }: TfjsBackendParts): Backend {
  const parts = { ...given, fused: [] };
  return {
    ...parts,
    async activate() {
      if ((await parts.probe()).available) await load();
      await activateBackend(parts);
    },
  };
}
