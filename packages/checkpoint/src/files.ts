import { CheckpointError } from "@trivium/core";

/** A part of a file in bytes: from `start` up to `end`, which is left out. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Files to read, wherever they are: in a folder, or dropped onto a page. Parts of a path are joined by `/`. */
export interface Files {
  /** The name of the place in messages, such as the path of a folder. */
  readonly name: string;
  /** Returns the names of what is directly in a folder; none if there is no such folder. Default: the outermost one. */
  list(folder?: string): Promise<readonly string[]>;
  /** @throws {CheckpointError} `checkpoint/missing` if there is no such file. */
  read(path: string, range?: ByteRange): Promise<Uint8Array>;
  /** Returns the bytes of a file. @throws {CheckpointError} `checkpoint/missing` if there is no such file. */
  size(path: string): Promise<number>;
}

/**
 * The files of a page: what was dropped onto it, by path.
 *
 * @param name - the name of the place in messages.
 * @example await blobFiles("dropped", { "run.json": new Blob(["{}"]) }).list() // => ["run.json"]
 */
export function blobFiles(name: string, blobs: Readonly<Record<string, Blob>>): Files {
  const find = (path: string): Blob => {
    const blob = Object.hasOwn(blobs, path) ? blobs[path] : undefined;
    if (!blob) throw new CheckpointError("checkpoint/missing", `${name} has no ${path}`, { details: { name, path } });
    return blob;
  };
  return {
    name,
    async list(folder = "") {
      const start = folder === "" ? "" : `${folder}/`;
      const inside = Object.keys(blobs).filter((path) => path.startsWith(start));
      return [...new Set(inside.map((path) => path.slice(start.length).split("/")[0] as string))];
    },
    async read(path, range) {
      const blob = find(path);
      const part = range ? blob.slice(range.start, range.end) : blob;
      return new Uint8Array(await part.arrayBuffer());
    },
    size: async (path) => find(path).size,
  };
}
