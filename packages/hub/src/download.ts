import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileDownloadInfo } from "@huggingface/hub";
import { TriviumError } from "@trivium/core";
import { askingHub, hubError, refusalOf } from "./hub-error.ts";
import type { HubFile } from "./hub-listing.ts";
import type { Hub } from "./hub-options.ts";
import { patientFetch } from "./patient-fetch.ts";

/** A file of a repository, and where it is. */
export interface RemoteFile extends HubFile {
  readonly id: string;
  readonly commit: string;
  readonly path: string;
}

/** Connections that may break one after the other without a byte in between. */
const ATTEMPTS = 5;

/**
 * Downloads a file to `target`, behind what an earlier download left there, and verifies its SHA-256 or Git digest.
 *
 * @throws {CheckpointError} `hub/interrupted` if the connection keeps breaking: what came stays, and the next call goes on;
 *   `hub/broken` if the file is not the one that the hub lists; what asking the hub throws.
 */
export async function download(file: RemoteFile, target: string, hub: Hub): Promise<void> {
  const handle = await open(target, constants.O_RDWR | constants.O_CREAT);
  const isRight = await fetchRest(file, handle, hub).finally(() => handle.close());
  if (isRight) return;
  await rm(target, { force: true });
  const { id, path, digest } = file;
  const problem = `${path} of ${id} has another digest than the ${digest} that the hub lists`;
  throw hubError("broken", `${problem}; it is removed: try again, or choose another --revision`);
}

/** Writes what is missing, or everything where what was there is wrong. Returns whether the digest is right. */
async function fetchRest(file: RemoteFile, handle: FileHandle, hub: Hub): Promise<boolean> {
  const { size: had } = await handle.stat();
  for (const start of had > 0 && had <= file.size ? [had, 0] : [0]) {
    const hash = hashOf(file);
    await handle.truncate(start);
    await hashFirst(handle, start, hash);
    await fetchFrom(file, start, { handle, hash, hub });
    if (hash.digest("hex") !== file.digest) continue;
    await handle.sync();
    return true;
  }
  return false;
}

/** Git's digest of a small file begins with its size. */
function hashOf({ digest, size }: HubFile): Hash {
  return digest.length === 64 ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

async function hashFirst(handle: FileHandle, bytes: number, hash: Hash): Promise<void> {
  const piece = new Uint8Array(2 ** 20);
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, bytes - at), at);
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

interface Into {
  readonly handle: FileHandle;
  readonly hash: Hash;
  readonly hub: Hub;
}

async function fetchFrom(file: RemoteFile, start: number, { handle, hash, hub }: Into): Promise<void> {
  const { path, size: total } = file;
  let done = start;
  for (let failures = 0; done < total; ) {
    const before = done;
    try {
      for await (const piece of await request(file, { start: done, end: total }, hub)) {
        if (done + piece.length > total) throw hubError("broken", `${path} of ${file.id} is longer than the hub lists`);
        await handle.write(piece, 0, piece.length, done);
        hash.update(piece);
        done += piece.length;
        hub.onEvent({ type: "download", path, done, total });
      }
      if (done < total) throw new Error("the connection ended");
    } catch (cause) {
      if (!isBrokenConnection(cause)) throw cause;
      failures = done > before ? 1 : failures + 1;
      if (failures === ATTEMPTS) {
        const problem = `the connection broke after ${done} of ${total} bytes of ${path}`;
        throw hubError("interrupted", `${problem}; the same command goes on from there`, cause);
      }
      const seconds = hub.pauseSeconds * 2 ** (failures - 1);
      hub.onEvent({ type: "wait", seconds, reason: `the connection broke at byte ${done} of ${path}` });
      await sleep(1000 * seconds);
    }
  }
}

/** Whether a connection ended before its time. Errors of the file system have a `syscall`. */
const isBrokenConnection = (cause: unknown): boolean =>
  TriviumError.is(cause, "hub/network") || (cause instanceof Error && !TriviumError.is(cause) && !("syscall" in cause));

/**
 * Returns the bytes of a range of a file as they come.
 *
 * @throws {CheckpointError} `hub/answer` for a hub that does not answer ranges.
 */
export async function request(file: RemoteFile, { start, end }: { start: number; end: number }, hub: Hub) {
  const { id, path, commit } = file;
  const what = `${path} of ${id}`;
  const asked = { hubUrl: hub.endpoint, accessToken: hub.token, fetch: patientFetch(hub) };
  const info = await askingHub(what, hub, () => fileDownloadInfo({ ...asked, repo: id, path, revision: commit }));
  if (!info) throw refusalOf(404, what, hub);
  const headers = new Headers({ Range: `bytes=${start}-${end - 1}`, "Accept-Encoding": "identity" });
  if (hub.token !== undefined) headers.set("Authorization", `Bearer ${hub.token}`);
  const response = await asked.fetch(info.url, { headers });
  if (response.status !== 206 || !response.body) {
    await response.body?.cancel();
    throw response.ok
      ? hubError("answer", `${new URL(info.url).host} does not answer a range of ${what}; a proxy may be in between`)
      : refusalOf(response.status, what, hub);
  }
  return response.body;
}
