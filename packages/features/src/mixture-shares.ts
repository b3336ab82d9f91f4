import { ConfigError } from "@trivium/core";

/** The options of {@link mixtureShares}. */
export interface MixtureOptions {
  /** Greater temperatures make the shares more equal: each is proportional to `rate^(1 / temperature)`. Default 1. */
  readonly temperature?: number | undefined;
  /** Greatest rate that counts, before the temperature: an artificial limit of a large task. Default: none. */
  readonly maximum?: number | undefined;
}

/**
 * Returns the share of each task of a mixture, from rates such as the tasks' sizes: `min(rate, maximum)^(1 / temperature)`
 * over the sum of these. A rate of 0 has no share.
 *
 * @throws {ConfigError} `features/mixture` for rates that are negative or all zero, and for a temperature or maximum that
 *   is not positive.
 * @source examples-proportional and temperature-scaled mixing: Raffel et al. 2020, §3.5.2, https://arxiv.org/abs/1910.10683
 * @example mixtureShares({ copy: 900, sort: 100 }, { temperature: 2 }) // => { copy: 0.75, sort: 0.25 }
 */
export function mixtureShares(
  rates: Readonly<Record<string, number>>,
  { temperature = 1, maximum = Number.POSITIVE_INFINITY }: MixtureOptions = {},
): Readonly<Record<string, number>> {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new ConfigError("features/mixture", `the temperature of a mixture is positive, got ${temperature}`);
  if (!(maximum > 0)) throw new ConfigError("features/mixture", `the maximum of a mixture is positive, got ${maximum}`);
  const scaled = Object.entries(rates).map(([task, rate]): [string, number] => {
    if (rate >= 0 && Number.isFinite(rate)) return [task, Math.min(rate, maximum) ** (1 / temperature)];
    throw new ConfigError("features/mixture", `a rate is finite and at least 0, got ${rate} for task "${task}"`);
  });
  const total = scaled.reduce((sum, [, weight]) => sum + weight, 0);
  if (total > 0) return Object.fromEntries(scaled.map(([task, weight]) => [task, weight / total]));
  throw new ConfigError("features/mixture", `one rate of a mixture is positive, got ${JSON.stringify(rates)}`);
}
