const isLong = process.env.TRIVIUM_LONG !== undefined;

/** Number of windows over which the statistics of a corruption are taken: a sample, and all of them in `pnpm check:long`. */
export const windowsDrawn = isLong ? 100_000 : 10_000;

/** Number of texts that are put together again from source and target: a sample, and all of them in `pnpm check:long`. */
export const textsDrawn = isLong ? 10_000 : 500;
