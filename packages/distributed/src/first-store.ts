import { decodeSafetensors, encodeSafetensors } from "@trivium/checkpoint";
import type { CheckpointStore, OpenedStore, Snapshot } from "@trivium/trainer";
import type { Collective } from "./collective.ts";
import { type Codec, fromFirst } from "./from-first.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";

/**
 * A store for all ranks, in which rank 0 keeps the checkpoints: it alone reads and writes, and the others get what it read. They need
 * no access to its files. All ranks call each method. Optimiser state goes to the store in slices, one of each rank.
 *
 * @param store - the store of rank 0. The other ranks' is not used.
 * @throws what the store of rank 0 throws, on all ranks.
 */
export const firstStore = (collective: Collective, store: CheckpointStore): CheckpointStore => ({
  location: store.location,
  open: (request) => fromFirst(collective, () => store.open(request), openedCodec),
  newest: (before) => fromFirst(collective, () => store.newest(before), snapshotCodec),
  collectsRows: true,
  async save({ optimizer, ...snapshot }, protect) {
    const parts = await collective.gather(encodeSafetensors(optimizer));
    await fromFirst(collective, async () => {
      const slices = parts.map((bytes) => decodeSafetensors(bytes).arrays);
      await store.save({ ...snapshot, optimizer: {}, slices }, protect);
      return null;
    });
  },
});

const snapshotCodec: Codec<Snapshot | undefined> = {
  encode(snapshot) {
    if (!snapshot) return new Uint8Array();
    const { model, optimizer, config, state } = snapshot;
    return joined([encodeSafetensors(model), encodeSafetensors(optimizer), bytesOfJson({ config, state })]);
  },
  decode(bytes) {
    if (bytes.length === 0) return undefined;
    const [model, optimizer, json] = split(bytes) as [Uint8Array, Uint8Array, Uint8Array];
    const { config, state } = jsonOfBytes<Pick<Snapshot, "config" | "state">>(json);
    return { model: decodeSafetensors(model).arrays, optimizer: decodeSafetensors(optimizer).arrays, config, state };
  },
};

const openedCodec: Codec<OpenedStore> = {
  encode: ({ snapshot, skipped }) => joined([bytesOfJson(skipped), snapshotCodec.encode(snapshot)]),
  decode(bytes) {
    const [skipped, snapshot] = split(bytes) as [Uint8Array, Uint8Array];
    return { skipped: jsonOfBytes(skipped), snapshot: snapshotCodec.decode(snapshot) };
  },
};

/** Bytes of the length before each part. */
const LENGTH = 8;

/** Joins parts, each behind its length. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH + part.length, 0));
  let at = 0;
  for (const part of parts) {
    new DataView(bytes.buffer).setFloat64(at, part.length);
    bytes.set(part, at + LENGTH);
    at += LENGTH + part.length;
  }
  return bytes;
}

/** Copies the parts, so that each begins at the beginning of a buffer. */
function split(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getFloat64(at);
    parts.push(bytes.slice(at + LENGTH, at + LENGTH + length));
    at += LENGTH + length;
  }
  return parts;
}
