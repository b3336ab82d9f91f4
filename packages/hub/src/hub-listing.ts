import { listFiles, modelInfo } from "@huggingface/hub";
import { askingHub, hubError } from "./hub-error.ts";
import type { Hub } from "./hub-options.ts";
import { patientFetch } from "./patient-fetch.ts";

/** A file of a repository at one commit. */
export interface HubFile {
  readonly size: number;
  /** The name of its content in the cache: the digest that is verified. */
  readonly digest: string;
}

/** A repository at one commit. */
export interface HubListing {
  /** The commit, 40 hexadecimal digits. */
  readonly commit: string;
  /** By path. */
  readonly files: ReadonlyMap<string, HubFile>;
}

/** A commit of Git. */
export const COMMIT = /^[0-9a-f]{40}$/;
/** The digest of a small file (Git's SHA-1 of a blob), or of a large one (SHA-256). */
const DIGEST = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** Plain parts, so that no path leads out of the cache. */
const PATH = /^[A-Za-z0-9_][\w.+=-]*(\/[A-Za-z0-9_][\w.+=-]*)*$/;

/**
 * Asks which files a repository has. Files whose names could lead out of a folder are left out.
 *
 * @throws {CheckpointError} `hub/unauthorized`, `hub/not-found`, `hub/busy`, `hub/network`, `hub/answer`.
 */
export async function listHub(id: string, revision: string, hub: Hub): Promise<HubListing> {
  const asked = { hubUrl: hub.endpoint, accessToken: hub.token, fetch: patientFetch(hub) };
  return askingHub(`model ${id} at revision ${revision}`, hub, async () => {
    const { sha } = await modelInfo({ ...asked, name: id, revision, additionalFields: ["sha"] });
    if (!COMMIT.test(sha)) throw hubError("answer", `${hub.endpoint} names no commit of ${id}; is it a hub?`);
    const files = new Map<string, HubFile>();
    for await (const { type, path, size, oid, lfs } of listFiles({
      ...asked,
      repo: id,
      revision: sha,
      recursive: true,
    })) {
      const digest = lfs?.oid ?? oid ?? "";
      if (type !== "file" || !PATH.test(path) || !DIGEST.test(digest) || !Number.isSafeInteger(size)) continue;
      files.set(path, { size: lfs?.size ?? size, digest });
    }
    return { commit: sha, files };
  });
}
