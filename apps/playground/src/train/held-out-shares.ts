/** Shares of the pairs of a file that are held out. */
export const heldOutShares = { validation: 0.1, test: 0 } as const;
