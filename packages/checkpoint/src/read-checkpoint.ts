import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "@trivium/core";
import { decodeSafetensors } from "./decode-safetensors.ts";
import { type Fingerprint, readWithFingerprint } from "./durable-file.ts";
import { systemCode, withFileErrors } from "./file-errors.ts";
import { MANIFEST_NAME, type Manifest, parseManifest } from "./manifest.ts";
import type { NamedArray } from "./named-arrays.ts";

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
 * Reads a checkpoint folder and verifies the size and SHA-256 of each of its files.
 *
 * @param path - the folder of one checkpoint: `runs/a/checkpoints/step-000100`.
 * @throws {CheckpointError} `checkpoint/missing` if there is none, `checkpoint/manifest` if its manifest is broken,
 *   `checkpoint/truncated` or `checkpoint/altered` naming the file that does not fit its manifest.
 * @example (await readCheckpoint("runs/a/checkpoints/step-000100")).arrays("model.safetensors")
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return withFileErrors("read the checkpoint", path, async () => {
    const manifest = await readManifest(path);
    const contents = new Map<string, Uint8Array>();
    for (const [name, expected] of Object.entries(manifest.files)) {
      const { content, ...actual } = await readFingerprint(path, name);
      assertSame(join(path, name), expected, actual);
      contents.set(name, content);
    }
    const contentOf = (name: string): Uint8Array => {
      const content = contents.get(name);
      if (content === undefined) throw missing(path, name, `it holds ${[...contents.keys()].join(", ")}`);
      return content;
    };
    return {
      path,
      step: manifest.step,
      names: [...contents.keys()],
      arrays: (name) => decodeSafetensors(contentOf(name), { file: join(path, name) }).arrays,
      json: (name) => JSON.parse(new TextDecoder().decode(contentOf(name))),
    };
  });
}

async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, MANIFEST_NAME);
  try {
    return parseManifest(await readFile(file, "utf8"), file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw missing(path, MANIFEST_NAME, "is it the folder of a checkpoint?");
    throw error;
  }
}

async function readFingerprint(path: string, name: string): Promise<Fingerprint & { content: Uint8Array }> {
  try {
    return await readWithFingerprint(join(path, name));
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw missing(path, name, "its manifest lists it; use another checkpoint");
    throw error;
  }
}

function assertSame(file: string, expected: Fingerprint, actual: Fingerprint): void {
  const details = { file, expected, actual };
  if (actual.bytes !== expected.bytes) {
    const problem = `${actual.bytes} bytes where its manifest says ${expected.bytes}`;
    const message = `${file} is truncated or altered: ${problem}; use another checkpoint`;
    throw new CheckpointError("checkpoint/truncated", message, { details });
  }
  if (actual.sha256 !== expected.sha256) {
    const message = `${file} is altered: its SHA-256 is not the one in its manifest; use another checkpoint`;
    throw new CheckpointError("checkpoint/altered", message, { details });
  }
}

const missing = (path: string, name: string, hint: string): CheckpointError =>
  new CheckpointError("checkpoint/missing", `${path} has no ${name}; ${hint}`, { details: { path, name } });
