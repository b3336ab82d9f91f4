import { UnsupportedError } from "@trivium/core";
import { defineKind } from "@trivium/registry";
import { type BackendTraits, declareTraits } from "./backend-traits.ts";
import { assertFamilies } from "./fused/families.ts";
import type { ProfileSession } from "./profile.ts";
import { tf } from "./tf.ts";

/** The finding of `probe`: the backend can run here, or the reason why not and what would make it run. */
export type Probe =
  | { readonly available: true; readonly detail: string }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

/**
 * A tensor backend: a tfjs backend underneath, so that any tfjs program can use it.
 *
 * `probe` never throws and changes nothing; `activate` makes it the current backend of tfjs.
 */
export interface Backend extends BackendTraits {
  /** The name under which tfjs knows it: `"cpu"`, `"simd"`, `"webgpu"`. */
  readonly name: string;
  probe(): Promise<Probe>;
  /**
   * Returns whatever may change the bits of a result: kernel build, GEMM provider and version; the number of threads only
   * if bits depend on it. A run resumes only where it is the same. Default: the name alone.
   */
  numericIdentity?(): Promise<Readonly<Record<string, string>>>;
  /**
   * Returns sentences for people on its speed on this machine: what it chose by measuring, and what would make it faster.
   * A backend without this method has nothing to say.
   */
  speedNotes?(): Promise<readonly string[]>;
  /**
   * Starts to record its kernel calls; nothing is recorded, and nothing costs, without a session. A backend without this
   * method has no profile.
   *
   * @throws {UnsupportedError} if a session is running already.
   */
  profile?(): ProfileSession;
  /**
   * Returns this backend with options of its own, which its plugin's schema describes: the same one for the same options.
   * A backend without this method takes none.
   *
   * @throws {ConfigError} naming each option that is wrong.
   */
  withOptions?(options: Readonly<Record<string, unknown>>): Backend;
  /**
   * Makes it current; see `activateBackend`.
   *
   * @throws {UnsupportedError} `backend/unavailable`, with the reason and the remedy.
   */
  activate(): Promise<void>;
}

/** The kind of backend plugins: a value. */
export const backend = defineKind<Backend>()("backend");

/** The parts of a backend that activation needs. */
export type ActivatedParts = Pick<Backend, "name" | "probe" | keyof BackendTraits>;

/**
 * Makes a backend current. Its families of fused kernels are checked once, here.
 *
 * @throws {UnsupportedError} `backend/unavailable`, with the reason and the remedy.
 * @throws {ConfigError} `backend/fused-family` if it registered a part of a family, or another one than it declares.
 */
export async function activateBackend(parts: ActivatedParts): Promise<void> {
  const { name, probe } = parts;
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
  assertFamilies(name, parts);
  declareTraits(name, parts);
  if (!(await tf.setBackend(name))) {
    throw new UnsupportedError("backend/unavailable", `backend "${name}" is there but tfjs could not start it`);
  }
  await tf.ready();
}
