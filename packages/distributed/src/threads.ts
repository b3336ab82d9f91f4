import { ConfigError } from "@trivium/core";
import type { Collective } from "./collective.ts";
import { abortedBy, type CollectiveError, lostRank, outOfStep } from "./collective-error.ts";
import { collectiveOver, type Operation, type Transport } from "./collective-over.ts";

/** The place of one rank among the threads of a process. Plain data: post it to its thread, with {@link portsOf}. */
export interface Seat {
  readonly rank: number;
  readonly size: number;
  /** Lines to the other ranks, by rank. */
  readonly ports: Readonly<Record<number, MessagePort>>;
}

/**
 * Makes the seats of a group of threads, each of them for one thread. Several may also stay in one thread.
 *
 * @param size - number of ranks, at least 1.
 * @throws {ConfigError} `distributed/size` if the number is none.
 * @example createSeats(3).map(({ rank }) => rank) // => [0, 1, 2]
 */
export function createSeats(size: number): readonly Seat[] {
  if (!Number.isInteger(size) || size < 1)
    throw new ConfigError("distributed/size", `a group has a whole number of ranks, from 1; got ${size}`);
  const ports = Array.from({ length: size }, (): Record<number, MessagePort> => ({}));
  for (let high = 1; high < size; high++) {
    for (let low = 0; low < high; low++) {
      const { port1, port2 } = new MessageChannel();
      ports[low]![high] = port1;
      ports[high]![low] = port2;
    }
  }
  return ports.map((own, rank) => ({ rank, size, ports: own }));
}

/** Returns what has to be transferred along with a seat. */
export const portsOf = ({ ports }: Seat): MessagePort[] => Object.values(ports);

type Message = { readonly operation: Operation; readonly part: Uint8Array } | { readonly reason: string };

/** A line to another rank: messages that were not asked for yet, or the one who asks. */
interface Line {
  readonly port: MessagePort;
  readonly messages: Message[];
  waiting: PromiseWithResolvers<Message> | undefined;
  /** The other rank has arrived at the end, so it may be gone. */
  hasLeft: boolean;
}

/**
 * Takes a seat among threads of a process, or of a page. Parts are copied once, and handed over.
 *
 * @example joinThreads(createSeats(1)[0]!).size // => 1
 */
export const joinThreads = (seat: Seat): Collective => collectiveOver(transportOf(seat));

function transportOf({ rank, size, ports }: Seat): Transport {
  let ended: CollectiveError | undefined;
  const lines = new Map<number, Line>();
  const end = (error: CollectiveError) => {
    ended ??= error;
    for (const { waiting } of lines.values()) waiting?.reject(ended);
  };
  for (const [other, port] of Object.entries(ports)) lines.set(Number(other), openLine(port, Number(other), end));
  const receive = async (from: number, operation: Operation): Promise<Uint8Array> => {
    const message = await nextMessage(lines.get(from)!, ended);
    if ("reason" in message) throw abortedBy(from, message.reason);
    if (message.operation === operation) return message.part;
    const error = outOfStep({ rank, operation }, { rank: from, operation: message.operation });
    end(error);
    throw error;
  };
  const tell = (message: Message, to: number, transfer: Transferable[] = []) =>
    lines.get(to)?.port.postMessage(message, transfer);
  return {
    name: "threads",
    rank,
    size,
    exchange(operation, parts) {
      if (ended) return Promise.reject(ended);
      for (const [to, part] of parts.entries()) {
        const copy = to === rank ? undefined : part.slice();
        if (copy) tell({ operation, part: copy }, to, [copy.buffer]);
      }
      return Promise.all(parts.map((part, from) => (from === rank ? part : receive(from, operation))));
    },
    async abort(reason) {
      for (const to of lines.keys()) tell({ reason }, to);
      end(abortedBy(rank, reason));
    },
    async close() {
      for (const { port } of lines.values()) port.close();
    },
  };
}

/** Listens to another rank. */
function openLine(port: MessagePort, other: number, end: (error: CollectiveError) => void): Line {
  const line: Line = { port, messages: [], waiting: undefined, hasLeft: false };
  port.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    const { waiting } = line;
    line.waiting = undefined;
    if (waiting) waiting.resolve(data);
    else line.messages.push(data);
    if ("reason" in data) end(abortedBy(other, data.reason));
    else line.hasLeft = data.operation === "leave";
  });
  // Node says so when a thread has ended, and some browsers do.
  port.addEventListener("close", () => line.hasLeft || end(lostRank(other)));
  port.start();
  return line;
}

/** Returns the next message of a line. What was said before the group ended is heard still. */
function nextMessage(line: Line, ended: CollectiveError | undefined): Promise<Message> {
  const [first] = line.messages.splice(0, 1);
  if (first) return Promise.resolve(first);
  if (ended) return Promise.reject(ended);
  line.waiting = Promise.withResolvers<Message>();
  return line.waiting.promise;
}
