import { Worker } from "node:worker_threads";
import { UnsupportedError } from "@trivium/core";
import type { Collective } from "../collective.ts";
import { abortedBy, CollectiveError, outOfStep } from "../collective-error.ts";
import { collectiveOver, type Transport } from "../collective-over.ts";
import { PATIENCE_VARIABLE } from "../launch/supervision.ts";
import { endWithDaemon } from "../launch/sweep.ts";
import type { Parcel } from "./mpi-calls.ts";
import { mpiFiles, ranksOfLauncher } from "./mpi-files.ts";
import type { FromMpi, MpiStart, ToMpi } from "./mpi-messages.ts";

/** Options of the collective `mpi`. */
export interface MpiOptions {
  /** File name or path of the MPI library. Default: `TRIVIUM_MPI_LIBRARY`, else the library of the launcher that started this process. */
  readonly library?: string | undefined;
}

/**
 * Joins the processes that `mpirun`, `srun` or an MPI operator has started. A thread of its own owns the library (OpenMPI 4 and 5,
 * MPICH 4 and its relatives, the ABI of MPI 5), since MPI moves data only while it is called.
 *
 * End the program by `process.exit` after `leave`: some builds of OpenMPI crash when a process that loaded them ends by itself.
 *
 * A rank that nobody answers for the seconds of `TRIVIUM_PATIENCE`, which a launch sets, gets the error `distributed/silent`. It cannot
 * leave MPI any more, so the end of its process is SIGKILL, for the launcher's daemon that started it too: a machine that was cut off
 * must not keep either.
 *
 * @throws {UnsupportedError} `distributed/no-mpi` if there is no library, `distributed/other-mpi` if it is not that of the launcher,
 *   `distributed/mpi-threads` if it cannot be called from a thread; from collectives `distributed/mpi-size` for parts of 2 GiB.
 */
export async function joinMpi({ library }: MpiOptions = {}): Promise<Collective> {
  const owner = startOwner({ files: library === undefined ? mpiFiles(process.env) : [library] });
  const ready = await owner.next();
  if (ready.type !== "ready") throw unexpected(ready);
  const { rank, size, version, path } = ready;
  const expected = ranksOfLauncher(process.env);
  if (expected !== undefined && expected !== size) throw otherMpi({ expected, size, version, path });
  return collectiveOver(transportOf({ rank, size }, owner));
}

/** The thread that owns MPI. */
interface Owner {
  /** Sends a message to it. */
  send(message: ToMpi, transfer?: ArrayBuffer[]): void;
  /** Returns its next answer. @throws {CollectiveError} `distributed/silent` */
  next(): Promise<FromMpi>;
  /** Nobody has answered for too long: the thread hangs in MPI. */
  readonly isSilent: boolean;
}

function transportOf({ rank, size }: Pick<Transport, "rank" | "size">, owner: Owner): Transport {
  const exchange: Transport["exchange"] = async (operation, parts) => {
    const parcel = parcelOf(parts);
    const { buffer } = parcel;
    owner.send({ type: "exchange", operation, parcel }, buffer instanceof ArrayBuffer ? [buffer] : []);
    const answer = await owner.next();
    if (answer.type !== "delivery") throw unexpected(answer);
    const { operations, starts, lengths, buffer: received } = answer.delivery;
    const theirs = starts.map((from, at) => new Uint8Array(received, from, lengths[at]!));
    const other = operations.findIndex((one) => one !== operation);
    const ending = operations.indexOf("abort");
    if (operation === "abort" || other < 0) return theirs;
    if (ending >= 0) throw abortedBy(ending, new TextDecoder().decode(theirs[ending]!));
    throw outOfStep({ rank, operation }, { rank: other, operation: operations[other]! });
  };
  return {
    name: "mpi",
    rank,
    size,
    canSum: true,
    exchange,
    abort: async (reason) => void (await exchange("abort", Array(size).fill(new TextEncoder().encode(reason)))),
    async close() {
      if (owner.isSilent) return;
      owner.send({ type: "finalize" });
      await owner.next();
    },
  };
}

/** Puts parts into one buffer. Parts of one shared buffer stay where they are; a part for several ranks stands there once. */
function parcelOf(parts: readonly Uint8Array[]): Parcel {
  const lengths = parts.map(({ length }) => length);
  const [first] = parts as [Uint8Array, ...Uint8Array[]];
  const isShared = !(first.buffer instanceof ArrayBuffer) && parts.every(({ buffer }) => buffer === first.buffer);
  if (isShared) return { buffer: first.buffer, starts: parts.map(({ byteOffset }) => byteOffset), lengths };
  const places = new Map<Uint8Array, number>();
  let end = 0;
  for (const part of parts) {
    if (places.has(part)) continue;
    places.set(part, end);
    end += part.length;
  }
  const bytes = new Uint8Array(Math.max(8, end));
  for (const [part, start] of places) bytes.set(part, start);
  return { buffer: bytes.buffer, starts: parts.map((part) => places.get(part)!), lengths };
}

function startOwner(start: MpiStart): Owner {
  const isSource = import.meta.url.endsWith(".ts");
  const program = new URL(isSource ? "./mpi-worker.ts" : "./mpi/mpi-worker.js", import.meta.url);
  // The program's own flags (`--test`, `--import`) are not for this worker.
  const execArgv = isSource ? ["-C", "@trivium/source"] : [];
  const worker = new Worker(program, { execArgv, name: "mpi", workerData: start });
  let waiting: PromiseWithResolvers<FromMpi> | undefined;
  let isSilent = false;
  const giveUp = () => {
    isSilent = true;
    // The thread cannot be ended, and would keep the process from ending.
    process.once("exit", endWithDaemon);
    waiting?.reject(silent());
  };
  const ended = (message: string) => waiting?.reject(new CollectiveError("distributed/mpi-thread", message));
  worker.on("message", (message: FromMpi) => waiting?.resolve(message));
  worker.on("error", (error) => ended(`the thread that owns MPI has failed: ${String(error)}; start the ranks again`));
  worker.on("exit", () => ended("the thread that owns MPI has ended; start the ranks again"));
  return {
    get isSilent() {
      return isSilent;
    },
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    async next() {
      waiting = Promise.withResolvers();
      worker.ref();
      const limit = patience();
      const timer = limit === undefined ? undefined : setTimeout(giveUp, Math.min(1000 * limit, LONGEST_TIMER_MS));
      return waiting.promise.finally(() => {
        clearTimeout(timer);
        // The thread keeps the process alive only while an answer is waited for.
        worker.unref();
      });
    },
  };
}

/** Timers count milliseconds in 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Seconds that a rank waits for others. Undefined for no limit. */
function patience(): number | undefined {
  const given = process.env[PATIENCE_VARIABLE];
  return given === undefined ? undefined : Number(given);
}

function silent(): CollectiveError {
  const message = `no rank has answered for ${patience()} s; see the network and the other machines, and launch again`;
  return new CollectiveError("distributed/silent", message);
}

function unexpected(message: FromMpi): Error {
  if (message.type !== "failed") return new Error(`the thread that owns MPI answered ${message.type}`);
  const { code, message: text } = message;
  return code === undefined ? new CollectiveError("distributed/mpi", text) : new UnsupportedError(code, text);
}

interface Misfit {
  readonly expected: number;
  readonly size: number;
  readonly version: string;
  readonly path: string;
}

function otherMpi({ expected, size, version, path }: Misfit): UnsupportedError {
  const message = `the launcher started ${expected} processes, and ${version} (${path}) sees ${size}: it is not the library of the launcher. Name that one in TRIVIUM_MPI_LIBRARY, or use the mpirun of this one`;
  return new UnsupportedError("distributed/other-mpi", message, { details: { expected, size, version, path } });
}
