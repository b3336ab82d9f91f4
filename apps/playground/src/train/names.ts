/** Names of the architectures that are trained side by side, in the order of their turns. */
export const armNames = ["causal", "prefix", "encoder-decoder"] as const;

export type ArmName = (typeof armNames)[number];

/** The forms of the encoder–decoder: two stacks, one that both streams share, or two of half the layers. */
export const pairForms = ["whole", "shared", "half"] as const;

export type PairForm = (typeof pairForms)[number];

/** The tasks of the page: generated ones, a sample of CMUdict, and the reader's own pairs. */
export const taskNames = ["reverse", "copy", "late-operator", "key-value-recall", "cmudict", "own"] as const;

export type TaskName = (typeof taskNames)[number];

/** What a curve is drawn over. */
export const axes = ["tokens", "flops", "seconds"] as const;

export type Axis = (typeof axes)[number];
