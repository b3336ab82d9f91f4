import { setTimeout as sleep } from "node:timers/promises";
import { hubError } from "./hub-error.ts";
import type { Hub } from "./hub-options.ts";

/** Requests that are made for one answer. */
const ATTEMPTS = 5;
/** The longest wait that a hub may ask for. */
const LONGEST_SECONDS = 300;

/** Answers of a server that may answer later. */
const isBusy = (status: number): boolean => status === 429 || status === 408 || (status >= 500 && status !== 501);

/**
 * Returns a `fetch` that asks again where a hub is busy, after the time that `Retry-After` names, and sends the token to the
 * hub alone.
 *
 * @throws {CheckpointError} `hub/busy` if the hub asks for more than five minutes, `hub/network` if it cannot be reached.
 */
export const patientFetch =
  (hub: Hub): typeof fetch =>
  async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (url.origin !== new URL(hub.endpoint).origin) headers.delete("Authorization");
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, { ...init, headers }).catch((cause: unknown) => unreachable(url, cause));
      if (!isBusy(response.status) || attempt === ATTEMPTS) return response;
      await response.body?.cancel();
      const named = retryAfter(response.headers.get("Retry-After"));
      const seconds = named ?? hub.pauseSeconds * 2 ** (attempt - 1);
      const reason = `${url.host} answers ${response.status}`;
      if (seconds > LONGEST_SECONDS) throw hubError("busy", `${reason} and asks for ${seconds} s; try again then`);
      hub.onEvent({ type: "wait", seconds, reason });
      await sleep(1000 * seconds);
    }
  };

/** Seconds until the time of the header, which may be a number of seconds or a date. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}

function unreachable(url: URL, cause: unknown): never {
  const { code } = ((cause as { cause?: unknown }).cause ?? {}) as { code?: string };
  const problem = `${url.origin} cannot be reached (${code ?? (cause as Error).message})`;
  throw hubError(
    "network",
    `${problem}; check the network, or take --offline, which opens what the cache holds`,
    cause,
  );
}
