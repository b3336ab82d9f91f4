import { TriviumError } from "@trivium/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator, GRANULE } from "./allocator.ts";
import type { Block } from "./block.ts";

const MAXIMUM = 2 ** 22;

/** A range that grows from `end` to 4 MiB. */
const growing = (end = 0): Allocator =>
  new Allocator({ startBytes: 0, endBytes: end, grow: (wanted) => (wanted <= MAXIMUM ? wanted : end) });

const sizes = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 40_000 }),
  fc.constantFrom(64, 4096, 65_536),
);
const actions = fc.array(fc.record({ bytes: sizes, release: fc.boolean(), which: fc.nat() }), { maxLength: 300 });

/** Every granule belongs to one block, in order, and no two free blocks touch. */
function expectConsistent(allocator: Allocator, live: ReadonlySet<Block>): void {
  let at = 0;
  let wasFree = false;
  const seen = new Set<Block>();
  for (const block of allocator.blocks()) {
    expect(block.start).toBe(at);
    expect(block.size).toBeGreaterThan(0);
    expect(block.free && wasFree).toBe(false);
    expect(live.has(block)).toBe(!block.free);
    if (!block.free) seen.add(block);
    wasFree = block.free;
    at += block.size;
  }
  expect(seen.size).toBe(live.size);
}

test("blocks never overlap, cover what was asked, and all come back", () => {
  fc.assert(
    fc.property(actions, (steps) => {
      const allocator = growing();
      const live = new Set<Block>();
      for (const { bytes, release, which } of steps) {
        if (release && live.size > 0) {
          const block = [...live][which % live.size]!;
          live.delete(block);
          allocator.release(block);
        } else {
          const block = allocator.allocate(bytes);
          if (block === undefined) continue;
          expect(block.size * GRANULE).toBeGreaterThanOrEqual(bytes);
          live.add(block);
        }
        const total = [...live].reduce((sum, { size }) => sum + size * GRANULE, 0);
        expect(allocator.liveBytes()).toBe(total);
      }
      expectConsistent(allocator, live);
      for (const block of live) allocator.release(block);
      expect(allocator.liveBytes()).toBe(0);
      const rest = [...allocator.blocks()];
      expect(rest.length).toBeLessThanOrEqual(1);
      expect(allocator.largestFreeBytes()).toBe((rest[0]?.size ?? 0) * GRANULE);
    }),
    { numRuns: 300 },
  );
});

test("a block that is asked for again every step is the one that was just released", () => {
  const allocator = growing();
  const kept = [500, 70_000, 123_456].map((bytes) => allocator.allocate(bytes)!);
  const [first, again] = [allocator.allocate(99_991)!, allocator.allocate(10)!];
  const { start } = first;
  allocator.release(first);
  expect(allocator.allocate(99_991)!.start).toBe(start);
  expect([...kept, again].every((block) => !block.free)).toBe(true);
});

test("rounding up costs at most one part in 32, and one granule for the smallest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAXIMUM / 2 }), (bytes) => {
      const block = growing().allocate(bytes)!;
      expect(block.size * GRANULE).toBeLessThanOrEqual(Math.max(bytes * (1 + 1 / 32) + GRANULE, GRANULE));
    }),
  );
});

test("when there is no room, nothing is handed out and nothing is lost", () => {
  const allocator = growing();
  const block = allocator.allocate(MAXIMUM / 2)!;
  expect(allocator.allocate(MAXIMUM)).toBeUndefined();
  allocator.release(block);
  expect(allocator.allocate(MAXIMUM)).toBeDefined();
});

test("releasing a block twice is refused, also after it was merged with a neighbour", () => {
  const allocator = growing();
  const blocks = [1000, 2000, 3000].map((bytes) => allocator.allocate(bytes)!);
  for (const index of [1, 0, 2]) {
    allocator.release(blocks[index]!);
    try {
      allocator.release(blocks[index]!);
      expect.unreachable();
    } catch (error) {
      expect(TriviumError.is(error, "simd/double-free")).toBe(true);
    }
  }
});
