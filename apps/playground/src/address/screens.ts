import { maskFields } from "./mask-fields.ts";
import { decodeFields, lookFields } from "./model-fields.ts";
import { trainFields } from "./train-fields.ts";

/** The screens of the page by their names in the address, with the fields of their states. */
export const screens = {
  article: {},
  mask: maskFields,
  train: trainFields,
  look: lookFields,
  decode: decodeFields,
} as const;

export type Screen = keyof typeof screens;
