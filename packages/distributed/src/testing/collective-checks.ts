import { TriviumError } from "@trivium/core";
import type { Collective } from "../collective.ts";

/**
 * The behaviour of a collective, as programs that each rank runs: they throw where a rank sees something else than it should. Ranks
 * may be in one thread or in processes of several machines. A group can run one after another.
 */
export const collectiveChecks: Readonly<Record<string, (collective: Collective) => Promise<void>>> = {
  async "alltoall hands each rank its part, of any length"(collective) {
    const { rank, size } = collective;
    const part = (from: number, to: number) => new Uint8Array(((from + 2 * to) % 4) * 5).fill(16 * from + to + 1);
    const received = await collective.alltoall(ranksOf(size).map((to) => part(rank, to)));
    assertSame(
      received,
      ranksOf(size).map((from) => part(from, rank)),
    );
  },

  async "allGather hands one part to all"(collective) {
    const { rank, size } = collective;
    const part = (from: number) => Uint8Array.from({ length: from + 1 }, (_, at) => 10 * from + at);
    assertSame(await collective.allGather(part(rank)), ranksOf(size).map(part));
  },

  async "gather hands the parts to rank 0 alone"(collective) {
    const { rank, size } = collective;
    const gathered = await collective.gather(Uint8Array.of(rank, 7));
    assertSame(gathered, rank === 0 ? ranksOf(size).map((from) => Uint8Array.of(from, 7)) : []);
  },

  async "broadcast hands on the part of rank 0, whatever the others give"(collective) {
    const { rank } = collective;
    const part = rank === 0 ? Uint8Array.of(1, 2, 3) : new Uint8Array(rank * 9);
    assertSame([await collective.broadcast(part)], [Uint8Array.of(1, 2, 3)]);
    assertSame([await collective.broadcast(new Uint8Array(0))], [new Uint8Array(0)]);
  },

  async "a barrier opens when the last rank has come"(collective) {
    const now = () => performance.timeOrigin + performance.now();
    const told = async (value: number) => {
      const times = await collective.allGather(new TextEncoder().encode(String(value)));
      return times.map((bytes) => Number(new TextDecoder().decode(bytes)));
    };
    await sleep(15 * (collective.size - collective.rank));
    const came = now();
    await collective.barrier();
    const left = now();
    const [arrivals, departures] = [await told(came), await told(left)];
    // Clocks of one machine differ by less than a millisecond.
    if (Math.max(...arrivals) > Math.min(...departures) + 1)
      throw new Error("a rank went through before the last had come");
  },

  async "many collectives follow one another, however late a rank is"(collective) {
    const { rank, size } = collective;
    for (let round = 0; round < 12; round++) {
      if ((round + rank) % 3 === 0) await sleep(2);
      assertSame(
        await collective.allGather(Uint8Array.of(round, rank)),
        ranksOf(size).map((from) => Uint8Array.of(round, from)),
      );
      assertSame([await collective.broadcast(Uint8Array.of(round + rank))], [Uint8Array.of(round)]);
    }
  },

  async "large parts arrive as they were sent, from shared memory and from the middle of a buffer"(collective) {
    const { rank, size } = collective;
    const LENGTH = 70_001;
    const fill = (part: Uint8Array, from: number, to: number) =>
      part.set(part.map((_, at) => (at * 31 + 7 * from + to) & 255));
    const expected = ranksOf(size).map((from) => {
      const part = new Uint8Array(LENGTH);
      fill(part, from, rank);
      return part;
    });
    for (const buffer of [new ArrayBuffer(size * LENGTH + 3), new SharedArrayBuffer(size * LENGTH + 3)]) {
      const parts = ranksOf(size).map((to) => new Uint8Array(buffer, 3 + to * LENGTH, LENGTH));
      for (const [to, part] of parts.entries()) fill(part, rank, to);
      assertSame(await collective.alltoall(parts), expected);
    }
  },

  async "sum, where there is one, hands each rank the sums of its numbers"(collective) {
    const { rank, size } = collective;
    const lengthOf = (to: number) => 3 * to + 1;
    const starts = ranksOf(size + 1).map((to) => ranksOf(to).reduce((sum, before) => sum + lengthOf(before), 0));
    const floats = new Float32Array(new SharedArrayBuffer(4 * starts[size]!));
    floats.set(floats.map((_, at) => at + 100 * rank));
    const parts = ranksOf(size).map((to) => new Uint8Array(floats.buffer, 4 * starts[to]!, 4 * lengthOf(to)));
    const expected = Float32Array.from({ length: lengthOf(rank) }, (_, at) =>
      ranksOf(size).reduce((sum, from) => sum + starts[rank]! + at + 100 * from, 0),
    );
    const sums = await collective.sum?.(parts);
    if (sums) assertSame([sums], [new Uint8Array(expected.buffer)]);
  },

  async "what was given may be written over once the promise has settled"(collective) {
    const { rank, size } = collective;
    const mine = new Uint8Array(new SharedArrayBuffer(64)).fill(rank + 1);
    const received = await collective.allGather(mine);
    const others = received.filter((_, from) => from !== rank);
    mine.fill(99);
    await collective.barrier();
    assertSame(
      others,
      ranksOf(size).flatMap((from) => (from === rank ? [] : [new Uint8Array(64).fill(from + 1)])),
    );
  },

  async "alltoall refuses another number of parts, and the group goes on"(collective) {
    const error = await collective.alltoall(Array(collective.size + 1).fill(new Uint8Array(1))).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!TriviumError.is(error, "distributed/parts"))
      throw new Error(`expected distributed/parts, got ${String(error)}`);
    await collective.barrier();
  },
};

const ranksOf = (size: number): number[] => Array.from({ length: size }, (_, rank) => rank);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

function assertSame(got: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  const isSame =
    got.length === expected.length &&
    expected.every(
      (part, at) => part.length === got[at]!.length && part.every((byte, place) => byte === got[at]![place]),
    );
  const shown = (parts: readonly Uint8Array[]) =>
    `[${parts.map((part) => `(${part.subarray(0, 8).join(" ")})`).join(", ")}]`;
  if (!isSame) throw new Error(`expected ${shown(expected)}, got ${shown(got)}`);
}
