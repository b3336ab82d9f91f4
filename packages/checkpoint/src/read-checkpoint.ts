import { CheckpointError, createSha256 } from "@trivium/core";
import { decodeSafetensors } from "./decode-safetensors.ts";
import type { Files } from "./files.ts";
import { type Fingerprint, MANIFEST_NAME, type Manifest, parseManifest } from "./manifest.ts";
import type { NamedArray } from "./named-arrays.ts";
import { stepsAmong } from "./step-name.ts";

/** A checkpoint whose every byte was verified. */
export interface Checkpoint {
  readonly path: string;
  readonly step: number;
  readonly names: readonly string[];
  /** The arrays of a `.safetensors` file. @throws {CheckpointError} `checkpoint/missing` if there is no such file. */
  arrays(name: `${string}.safetensors`): Record<string, NamedArray>;
  /** The value of a `.json` file. @throws {CheckpointError} `checkpoint/missing` if there is no such file. */
  json(name: `${string}.json`): unknown;
}

/**
 * Reads a checkpoint and verifies the size and SHA-256 of each of its files.
 *
 * @param folder - the folder of the checkpoint among the files. Default: the outermost one.
 * @throws {CheckpointError} `checkpoint/missing` if there is none, `checkpoint/manifest` if its manifest is broken,
 *   `checkpoint/truncated` or `checkpoint/altered` naming the file that does not fit its manifest, `checkpoint/other-step`
 *   if folder, manifest and state do not say the same step.
 * @example (await checkpointIn(files, "checkpoints/step-000100")).arrays("model.safetensors")
 */
export async function checkpointIn(files: Files, folder = ""): Promise<Checkpoint> {
  const inside = (name: string) => (folder === "" ? name : `${folder}/${name}`);
  const path = folder === "" ? files.name : `${files.name}/${folder}`;
  const read = (name: string, hint: string) => present(files.read(inside(name)), missing(path, name, hint));
  const text = new TextDecoder().decode(await read(MANIFEST_NAME, "is it the folder of a checkpoint?"));
  const manifest: Manifest = parseManifest(text, `${path}/${MANIFEST_NAME}`);
  const contents = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const content = await read(name, "its manifest lists it; use another checkpoint");
    await assertSame(`${path}/${name}`, expected, content);
    contents.set(name, content);
  }
  const contentOf = (name: string): Uint8Array => {
    const content = contents.get(name);
    if (content === undefined) throw missing(path, name, `it holds ${[...contents.keys()].join(", ")}`);
    return content;
  };
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(contentOf(name)));
  assertStep(path, manifest.step, contents.has(STATE_NAME) ? json(STATE_NAME) : undefined);
  return {
    path,
    step: manifest.step,
    names: [...contents.keys()],
    arrays: (name) => decodeSafetensors(contentOf(name), { file: `${path}/${name}` }).arrays,
    json,
  };
}

/** The file that holds the state of a run, and its step once more. */
const STATE_NAME = "state.json";

/** A folder of another name, such as a copy, says no step. */
function assertStep(path: string, step: number, state: unknown): void {
  const named = stepsAmong([path.split(/[\\/]/).at(-1) ?? ""])[0]?.step;
  const stated = typeof state === "object" && state !== null && "step" in state ? state.step : undefined;
  for (const [place, other] of [
    ["the name of its folder", named],
    [`its ${STATE_NAME}`, stated],
  ] as const) {
    if (other === undefined || other === step) continue;
    const message = `${path} is altered: its ${MANIFEST_NAME} says step ${step}, ${place} ${other}; use another checkpoint`;
    throw new CheckpointError("checkpoint/other-step", message, { details: { path, step, other } });
  }
}

async function present(reading: Promise<Uint8Array>, absent: CheckpointError): Promise<Uint8Array> {
  try {
    return await reading;
  } catch (error) {
    throw CheckpointError.is(error, "checkpoint/missing") ? absent : error;
  }
}

async function assertSame(file: string, expected: Fingerprint, content: Uint8Array): Promise<void> {
  const details = { file, expected, actual: content.byteLength };
  if (content.byteLength !== expected.bytes) {
    const problem = `${content.byteLength} bytes where its manifest says ${expected.bytes}`;
    const message = `${file} is truncated or altered: ${problem}; use another checkpoint`;
    throw new CheckpointError("checkpoint/truncated", message, { details });
  }
  if ((await digestOf(content)) !== expected.sha256) {
    const message = `${file} is altered: its SHA-256 is not the one in its manifest; use another checkpoint`;
    throw new CheckpointError("checkpoint/altered", message, { details });
  }
}

/** The platform's digest takes less than 2 GiB at once. */
const LARGEST_DIGESTED = 2 ** 31 - 1;

async function digestOf(content: Uint8Array): Promise<string> {
  if (content.byteLength > LARGEST_DIGESTED) return createSha256().update(content).digest();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content as Uint8Array<ArrayBuffer>));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const missing = (path: string, name: string, hint: string): CheckpointError =>
  new CheckpointError("checkpoint/missing", `${path} has no ${name}; ${hint}`, { details: { path, name } });
