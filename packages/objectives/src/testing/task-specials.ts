import { reservedSpecials, type SpecialTokens } from "@trivium/text";

/** Our reserved special tokens, with the further ones that corruptions need; 19 ids suffice. */
export const taskSpecials: SpecialTokens = {
  ...reservedSpecials(),
  mask: 15,
  sentinels: [18, 17, 16],
  named: {
    ...reservedSpecials().named,
    "fim-prefix": 12,
    "fim-suffix": 13,
    "fim-middle": 14,
  },
};
