import { type Reason, UnsupportedError } from "@trivium/core";
import { defineKind } from "@trivium/registry";
import type { ProfileSession } from "./profile.ts";
import { tf } from "./tf.ts";

/** What `probe` found: the backend can run here, or why not and what would make it run. */
export type Probe =
  | { readonly available: true; readonly detail: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/** What a composition asks of a backend before any tensor exists. */
export interface BackendNeeds {
  /** Whether it will train. */
  readonly gradients: boolean;
  /** The tfjs ops that will run, forward and (if `gradients`) backward: `"gatherV2"`, `"softmax"`. */
  readonly ops: readonly string[];
}

/**
 * A tensor backend: a tfjs backend underneath, so that any tfjs program can use it.
 *
 * `probe` never throws and changes nothing; `activate` makes it the current backend of tfjs.
 */
export interface Backend {
  /** The name under which tfjs knows it: `"cpu"`, `"simd"`, `"webgpu"`. */
  readonly name: string;
  /** Whether it can do what a model needs; a backend without this method can do everything. */
  supports?(needs: BackendNeeds): true | Reason;
  probe(): Promise<Probe>;
  /**
   * What may change the bits of a result: kernel build, GEMM provider and version. Not the number of threads. A run
   * resumes only where it is the same. Default: the name alone.
   */
  numericIdentity?(): Promise<Readonly<Record<string, string>>>;
  /**
   * Starts to record its kernel calls; nothing is recorded, and nothing costs, without a session. A backend without this
   * method has no profile.
   *
   * @throws {UnsupportedError} if a session is running already.
   */
  profile?(): ProfileSession;
  /**
   * This backend with options of its own, which its plugin's schema describes: the same one for the same options. A
   * backend without this method takes none.
   *
   * @throws {ConfigError} naming each option that is wrong.
   */
  withOptions?(options: Readonly<Record<string, unknown>>): Backend;
  /** @throws {UnsupportedError} `backend/unavailable`, with the reason and the remedy. */
  activate(): Promise<void>;
}

/** The kind of backend plugins: a value. */
export const backend = defineKind<Backend>()("backend");

/** Makes the backend current, or says why it cannot be and what would help. */
export async function activateBackend({ name, probe }: Pick<Backend, "name" | "probe">): Promise<void> {
  const found = await probe();
  if (!found.available) {
    throw new UnsupportedError(
      "backend/unavailable",
      `backend "${name}" cannot run here: ${found.reason}. ${found.remedy}`,
      {
        details: { backend: name, ...found },
      },
    );
  }
  if (!(await tf.setBackend(name))) {
    throw new UnsupportedError("backend/unavailable", `backend "${name}" is there but tfjs could not start it`);
  }
  await tf.ready();
}
