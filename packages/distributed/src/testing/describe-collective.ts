import { describe, expect, test } from "vitest";
import type { Collective } from "../collective.ts";
import { collectiveChecks } from "./collective-checks.ts";

/** The collective to test. */
export interface DescribeCollectiveOptions {
  readonly name: string;
  /** Opens a new group, with all of its ranks in this thread. */
  open(size: number): Promise<readonly Collective[]>;
  /** Numbers of ranks to test. Default 1 to 4. */
  readonly sizes?: readonly number[] | undefined;
}

/** The conformance suite of collectives. */
export function describeCollective({ name, open, sizes = [1, 2, 3, 4] }: DescribeCollectiveOptions): void {
  describe.each(sizes)(`the collective ${name}, with %i ranks`, (size) => {
    test("ranks are numbered from 0", async () => {
      const group = await open(size);
      expect(group.map(({ rank }) => rank)).toEqual(group.map((_, rank) => rank));
      expect(group.map((one) => one.size)).toEqual(group.map(() => size));
      await together(group, (one) => one.leave());
    });

    test.each(Object.entries(collectiveChecks))("%s", async (_name, check) => {
      const group = await open(size);
      await together(group, check);
      await together(group, (one) => one.leave());
    });

    test("after leaving there is no collective", async () => {
      const group = await open(size);
      await together(group, (one) => one.leave());
      await expect(group[0]!.barrier()).rejects.toMatchObject({ code: "distributed/left" });
      await together(group, (one) => one.leave());
    });

    test("a rank that aborts rejects the collectives of all", async () => {
      const group = await open(size);
      const last = group.at(-1)!;
      const waiting = group.slice(0, -1).map((one) => one.barrier());
      const told = last.abort("it broke");
      const rejected = { code: "distributed/aborted", details: { rank: size - 1, reason: "it broke" } };
      for (const one of waiting) await expect(one).rejects.toMatchObject(rejected);
      await told;
      for (const one of group) await expect(one.gather(new Uint8Array(1))).rejects.toMatchObject(rejected);
      await together(group, (one) => one.leave());
    });

    test("ranks in different operations are out of step", async () => {
      const group = await open(size);
      const outcomes = await Promise.allSettled(
        group.map((one) => (one.rank === 0 ? one.barrier() : one.broadcast(new Uint8Array(1)))),
      );
      const codes = outcomes.map((one) => (one.status === "rejected" ? one.reason.code : "fulfilled"));
      expect(codes[0]).toBe(size === 1 ? "fulfilled" : "distributed/out-of-step");
      if (size > 1) expect(codes[1]).toBe("distributed/out-of-step");
    });
  });
}

const together = <T>(group: readonly Collective[], run: (one: Collective) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(group.map(run));
