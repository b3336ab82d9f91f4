import { ConfigError } from "@trivium/core";
import type { Collective } from "./collective.ts";
import { bytesOfJson, jsonOfBytes } from "./json-bytes.ts";
import { exchangeSeconds, type Network } from "./plan-step.ts";
import { bytesOf, sharedFloats } from "./shared-floats.ts";

/** Most bytes that a rank sends in an exchange of the measurement. */
const MOST_BYTES = 2 ** 24;
/** Exchanges that the measurement takes the median of. */
const [SMALL_ROUNDS, LARGE_ROUNDS] = [25, 5];

/**
 * Measures the network between the ranks by the exchanges that a step makes: all ranks send to all at once, by the transport that a
 * training uses. A collective.
 *
 * @param bytes - of the gradients of a step. A rank sends `(W − 1)/W` of them, at most 16 MiB.
 * @param now - milliseconds since some moment.
 * @returns the network, the same on all ranks: the slowest of them counts.
 * @throws {ConfigError} `distributed/plan-ranks` for a rank alone.
 */
export async function measureNetwork(
  collective: Collective,
  bytes: number,
  now = () => performance.now(),
): Promise<Network> {
  const { size } = collective;
  if (size === 1) {
    const message = "a network is measured between at least two ranks, got one; start them by mpirun -n 2";
    throw new ConfigError("distributed/plan-ranks", message);
  }
  const largest = Math.max(1, Math.floor(Math.min(bytes / size, MOST_BYTES / (size - 1))));
  const small = await medianSeconds(collective, { bytes: 1, rounds: SMALL_ROUNDS, now });
  const large = await medianSeconds(collective, { bytes: largest, rounds: LARGE_ROUNDS, now });
  // An exchange is a wait for the headers, and one for the parts.
  const latency = Math.max(0, small - exchangeSeconds(size)) / 2;
  return { bandwidth: (largest * (size - 1)) / Math.max(1e-9, large - small), latency };
}

/** The median time of an exchange on the slowest rank. */
async function medianSeconds(
  collective: Collective,
  { bytes, rounds, now }: { readonly bytes: number; readonly rounds: number; readonly now: () => number },
): Promise<number> {
  const { size } = collective;
  const shared = bytesOf(sharedFloats(Math.ceil((size * bytes) / 4)));
  const parts = Array.from({ length: size }, (_, to) => shared.subarray(to * bytes, (to + 1) * bytes));
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await collective.barrier();
    const began = now();
    await collective.alltoall(parts);
    seconds.push((now() - began) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[rounds >> 1]!;
  const all = await collective.allGather(bytesOfJson(median));
  return Math.max(...all.map((one) => jsonOfBytes<number>(one)));
}
