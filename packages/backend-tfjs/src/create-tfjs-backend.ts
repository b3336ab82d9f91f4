import { activateBackend, type Backend, type Probe } from "@trivium/tensor";

export interface TfjsBackendParts {
  /** The name under which tfjs knows it. */
  readonly name: string;
  readonly probe: () => Promise<Probe>;
  /** Imports the tfjs package, which registers the backend and its kernels. Called only where `probe` found it. */
  readonly load: () => Promise<unknown>;
}

/** A backend whose tfjs package is imported when it is first activated, so that knowing of it costs nothing. */
export function createTfjsBackend({ name, probe, load }: TfjsBackendParts): Backend {
  return {
    name,
    probe,
    async activate() {
      if ((await probe()).available) await load();
      await activateBackend({ name, probe });
    },
  };
}
