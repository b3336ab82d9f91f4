import { HubApiError } from "@huggingface/hub";
import { CheckpointError, ConfigError, TriviumError } from "@trivium/core";
import type { Hub } from "./hub-options.ts";

/** An error about the hub. */
export const hubError = (code: string, message: string, cause?: unknown): CheckpointError =>
  new CheckpointError(`hub/${code}`, message, { cause });

/**
 * Asks the hub, and turns what it refuses into one clear line.
 *
 * @param what - `"the model owner/name"`, for the message.
 * @throws {CheckpointError} `hub/unauthorized`, `hub/not-found`, `hub/busy`, or `hub/answer` for anything else.
 */
export async function askingHub<T>(what: string, hub: Hub, action: () => Promise<T>): Promise<T> {
  if (hub.token !== undefined && !/^hf_[\x21-\x7e]+$/.test(hub.token))
    throw new ConfigError(
      "hub/token",
      "the token of the hub (HF_TOKEN) does not begin with hf_; copy it again, or unset it",
    );
  try {
    return await action();
  } catch (cause) {
    if (TriviumError.is(cause)) throw cause;
    if (cause instanceof HubApiError) throw refusalOf(cause.statusCode, what, hub);
    throw hubError("answer", `${hub.endpoint} gives no answer that can be read on ${what}; is it a hub?`, cause);
  }
}

/** An error for a status, with what can be done about it. */
export function refusalOf(status: number, what: string, { endpoint, token }: Hub): CheckpointError {
  const host = new URL(endpoint).host;
  if (status === 401) {
    const missing = `${host} has no ${what} that everybody may read (401); check the name`;
    const remedy = token
      ? "or whether the token in HF_TOKEN may read it"
      : "or set HF_TOKEN to a token that may read it";
    return hubError("unauthorized", `${missing}, ${remedy}`);
  }
  if (status === 403)
    return hubError(
      "unauthorized",
      `${host} does not let you read ${what} (403); accept its terms at ${host}, and set HF_TOKEN to your token`,
    );
  if (status === 404) return hubError("not-found", `${host} has no ${what} (404); check the name and the revision`);
  if (status === 429) return hubError("busy", `${host} has too many requests (429) for ${what}; try again later`);
  return hubError("answer", `${host} answers ${status} for ${what}; try again later`);
}
