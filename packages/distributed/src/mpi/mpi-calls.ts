import { UnsupportedError } from "@trivium/core";
import { type Operation, operations } from "../collective-over.ts";
import type { MpiLibrary } from "./open-mpi-library.ts";

/** Parts in one buffer: where each of them begins, and its number of bytes. */
export interface Parcel {
  readonly buffer: ArrayBufferLike;
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

/** What an exchange brought: the operations that the ranks are in, and their parts. */
export interface Delivery extends Parcel {
  readonly operations: readonly Operation[];
}

/** MPI on the thread that has called `MPI_Init`. No other thread may call it. */
export interface MpiCalls {
  readonly rank: number;
  readonly size: number;
  exchange(operation: Operation, parcel: Parcel): Delivery;
  finalize(): void;
}

/** Bytes of a header: the operation, and the length of the part that follows. */
const HEADER = 8;

/** The most bytes that a rank sends or receives in one exchange: counts of MPI are 32-bit integers. */
const LIMIT = 2 ** 31 - 1;

/**
 * Calls `MPI_Init_thread`, and returns the calls that collectives are made of.
 *
 * Each exchange begins with the operations and lengths of all ranks, so that nobody has to know what the others send, and ranks in
 * different operations notice. Both transfers are started and then asked after again and again: MPI moves data inside its calls alone.
 *
 * @throws {UnsupportedError} `distributed/mpi-threads` if the library cannot be called from a thread.
 */
export function initMpi(mpi: MpiLibrary): MpiCalls {
  const { addressOf, call, abi } = mpi;
  const answer = new Int32Array(1);
  const answerAt = addressOf(answer);
  call("MPI_Init_thread", "address", "address", "int", "address")(0, 0, abi.funneled, answerAt);
  if (answer[0]! < abi.funneled) {
    const message = `${mpi.version} cannot be called from a thread of its own; use a build with MPI_THREAD_FUNNELED`;
    throw new UnsupportedError("distributed/mpi-threads", message);
  }
  const numberOf = (name: string): number => {
    call(name, "handle", "address")(abi.world, answerAt);
    return answer[0]!;
  };
  const [rank, size] = [numberOf("MPI_Comm_rank"), numberOf("MPI_Comm_size")];
  const { sendHeaders, sendParts, sumParts } = createTransfers(mpi);
  const finalize = call("MPI_Finalize");
  const roomFor = createRooms();
  return {
    rank,
    size,
    exchange(operation, parcel) {
      const headers = new Int32Array(2 * size);
      sendHeaders(
        parcel.lengths.flatMap((length) => [operations.indexOf(operation), length]),
        headers,
      );
      const theirs = parcel.lengths.map((_, from) => operations[headers[2 * from]!]!);
      if (theirs.every((of) => of === "sum"))
        return { ...sumParts(parcel, roomFor([parcel.lengths[rank]!])), operations: theirs };
      const isEnd = theirs.includes("abort");
      // A rank that ends the group tells why. What the others have to send is lost then.
      const counts = (of: Operation) => !isEnd || of === "abort";
      const received = roomFor(theirs.map((of, from) => (counts(of) ? headers[2 * from + 1]! : 0)));
      const lengths = counts(operation) ? parcel.lengths : parcel.lengths.map(() => 0);
      if (isEnd || theirs.every((of) => of === operation)) sendParts({ ...parcel, lengths }, received);
      return { ...received, operations: theirs };
    },
    finalize: () => void finalize(),
  };
}

/** The two transfers of an exchange. */
function createTransfers({ abi, addressOf, call }: MpiLibrary) {
  const { world, byte, float, sum, statusIgnore } = abi;
  const [handle, address] = ["handle", "address"] as const;
  const alltoall = call("MPI_Ialltoall", address, "int", handle, address, "int", handle, handle, address);
  const table = [address, address, address, handle] as const;
  const alltoallv = call("MPI_Ialltoallv", ...table, ...table, handle, address);
  const reduce = call("MPI_Ireduce_scatter", address, address, address, handle, handle, handle, address);
  const test = call("MPI_Test", address, address, address);
  const [request, answer] = [new BigInt64Array(1), new Int32Array(1)];
  const [requestAt, answerAt] = [addressOf(request), addressOf(answer)];
  // What MPI reads and writes until a transfer is done. Nothing else would keep it from being collected meanwhile.
  let held: readonly object[] = [request];
  const hold = (...arrays: readonly ArrayBufferView[]) => {
    held = [...held, ...arrays];
    return arrays.map(addressOf);
  };
  const finish = (wait: (isDone: () => boolean) => void) => {
    wait(isDone);
    held = [request];
  };
  const isDone = () => {
    test(requestAt, answerAt, statusIgnore);
    return answer[0] !== 0;
  };
  return {
    sendHeaders(words: readonly number[], into: Int32Array): void {
      const [from, to] = hold(Int32Array.from(words), into);
      alltoall(from, HEADER, byte, to, HEADER, byte, world, requestAt);
      finish(waitForOthers);
    },
    sendParts(from: Parcel, to: Parcel): void {
      for (const { lengths } of [from, to]) assertSize(lengths);
      const [counts, places] = hold(Int32Array.from(from.lengths), Int32Array.from(from.starts));
      const [theirCounts, theirPlaces] = hold(Int32Array.from(to.lengths), Int32Array.from(to.starts));
      const [sent, received] = hold(new Uint8Array(from.buffer), new Uint8Array(to.buffer));
      alltoallv(sent, counts, places, byte, received, theirCounts, theirPlaces, byte, world, requestAt);
      finish(waitForData);
    },
    /** Adds float32 numbers of all ranks, in the order of the library. The parts lie one behind the other. */
    sumParts({ buffer, starts, lengths }: Parcel, into: Parcel): Parcel {
      assertSize(lengths);
      const given = new Uint8Array(buffer, starts[0]);
      const [from, to, counts] = hold(
        given,
        new Uint8Array(into.buffer),
        Int32Array.from(lengths, (bytes) => bytes / 4),
      );
      reduce(from, to, counts, float, sum, world, requestAt);
      finish(waitForData);
      return into;
    },
  };
}

/**
 * Room for the parts of an exchange, in two memories that take turns: new memory for each exchange would make the collector of garbage
 * stop the rank again and again. Each part begins at a multiple of eight bytes.
 */
function createRooms(): (lengths: readonly number[]) => Parcel {
  const none = new SharedArrayBuffer(0);
  let [buffer, other] = [none, none];
  return (lengths) => {
    let end = 0;
    const starts = lengths.map((length) => {
      const start = end;
      end += Math.ceil(length / 8) * 8;
      return start;
    });
    [buffer, other] = [other, buffer];
    if (buffer.byteLength < end || buffer === none) buffer = new SharedArrayBuffer(Math.max(8, end));
    return { buffer, starts, lengths };
  };
}

function assertSize(lengths: readonly number[]): void {
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  if (bytes <= LIMIT) return;
  const message = `MPI hands over at most ${LIMIT} bytes at once, got ${bytes}; use more ranks, or a smaller model`;
  throw new UnsupportedError("distributed/mpi-size", message, { details: { bytes } });
}

const bed = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): void => void Atomics.wait(bed, 0, 0, ms);

/** Longest sleep between two looks, in milliseconds. */
const LONGEST_NAP_MS = 0.5;

/** Others may be late by seconds, so they are waited for in sleeps that grow. */
function waitForOthers(isDone: () => boolean): void {
  for (let looks = 1; !isDone(); looks++) if (looks > 50) sleep(Math.min(LONGEST_NAP_MS, looks / 1000));
}

/** Looks, of about half a microsecond, between two sleeps of a rank that waits for data. */
const LOOKS_AT_ONCE = 4000;

/** Data move within the looks, so there is hardly a sleep between them: only for ranks that share the processor. */
function waitForData(isDone: () => boolean): void {
  for (let looks = 1; !isDone(); looks++) if (looks % LOOKS_AT_ONCE === 0) sleep(0.02);
}
