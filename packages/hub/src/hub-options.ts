/** How the hub is asked. */
export interface HubOptions {
  /** A branch, a tag or a commit. Default: that of the name, else `main`. */
  readonly revision?: string | undefined;
  /** Opens what the cache holds, and asks nobody. Default: whether `HF_HUB_OFFLINE` says so. */
  readonly offline?: boolean | undefined;
  /** Default: `HF_TOKEN`. It is shown in no message, and sent to the hub alone. */
  readonly token?: string | undefined;
  /** The folder that holds the files, laid out as Hugging Face's own programs do. Default: theirs (`HF_HUB_CACHE`). */
  readonly cache?: string | undefined;
  /** Default: `HF_ENDPOINT`, else `https://huggingface.co`. */
  readonly endpoint?: string | undefined;
  /** Is told how far the download of a file is, and why it waits. */
  readonly onEvent?: ((event: HubEvent) => void) | undefined;
  /** Seconds before the first request that follows a failed one, where the hub names none; doubled each time. Default 1. */
  readonly pauseSeconds?: number | undefined;
}

/** What happens while a hub is asked. */
export type HubEvent =
  | { readonly type: "download"; readonly path: string; readonly done: number; readonly total: number }
  | { readonly type: "wait"; readonly seconds: number; readonly reason: string };

/** A hub with everything decided. */
export interface Hub {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly pauseSeconds: number;
  readonly onEvent: (event: HubEvent) => void;
}

/** The options with their defaults, which the environment may give. */
export function hubOf({ token, endpoint, onEvent = () => {}, pauseSeconds = 1 }: HubOptions): Hub {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_ENDPOINT } = process.env;
  return {
    endpoint: (endpoint || HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, ""),
    token: (token ?? HF_TOKEN ?? HUGGING_FACE_HUB_TOKEN)?.trim() || undefined,
    pauseSeconds,
    onEvent,
  };
}

/** Whether nobody is to be asked. */
export const isOffline = ({ offline }: HubOptions): boolean =>
  offline ?? /^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? "");
