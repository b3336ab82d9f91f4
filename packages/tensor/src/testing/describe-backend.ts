import { ConfigError } from "@trivium/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Backend, Probe } from "../backend.ts";
import { tf } from "../tf.ts";
import { backendCases } from "./backend-cases.ts";

/** Tests that a backend is not held to, and why. */
export interface Exemption {
  readonly reason: string;
  /** Names of cases, whole. */
  readonly tests: readonly string[];
}

export interface DescribeBackendOptions {
  readonly skip?: readonly Exemption[];
}

/**
 * The conformance suite of the `backend` kind. Where the backend cannot run, its tests are skipped with the reason that
 * its `probe` gives.
 *
 * @throws {ConfigError} `testing/exemption` if an exemption names no case.
 * @example describeBackend(simd)
 */
export function describeBackend(backend: Backend, { skip = [] }: DescribeBackendOptions = {}): void {
  const reasons = reasonsByName(skip);
  describe(`backend ${backend.name}`, () => {
    let found: Probe;
    beforeAll(async () => {
      found = await backend.probe();
      if (found.available) await backend.activate();
    });

    test("probe explains itself and changes nothing", async () => {
      const before = tf.getBackend();
      const again = await backend.probe();
      expect(tf.getBackend()).toBe(before);
      expect(again).toEqual(found);
      for (const text of again.available ? [again.detail] : [again.reason, again.remedy]) expect(text).not.toBe("");
    });

    test("activate makes it current, or refuses with reason and remedy", async () => {
      if (found.available) return expect(tf.getBackend()).toBe(backend.name);
      await expect(backend.activate()).rejects.toMatchObject({ code: "backend/unavailable" });
      await expect(backend.activate()).rejects.toThrow(found.remedy);
    });

    test.for(backendCases.map(({ name, run }) => [name, run] as const))("%s", async ([name, run], context) => {
      context.skip(!found.available, found.available ? "" : found.reason);
      context.skip(reasons.has(name), reasons.get(name));
      await run();
    });
  });
}

function reasonsByName(skip: readonly Exemption[]): ReadonlyMap<string, string> {
  const names = new Set(backendCases.map(({ name }) => name));
  const reasons = new Map(skip.flatMap(({ reason, tests }) => tests.map((name) => [name, reason] as const)));
  for (const name of reasons.keys()) {
    if (!names.has(name))
      throw new ConfigError("testing/exemption", `no case of the conformance suite is named "${name}"`);
  }
  return reasons;
}
