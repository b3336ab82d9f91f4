import { z } from "zod";

/** Sizes of a configuration: counts that an array could have. */
export const count = z
  .int()
  .positive()
  .max(2 ** 31);
export const flag = z.boolean();
export const epsilon = z.number().positive();

/** Foreign names of activations that are ours, the usual one first. */
const names = {
  gelu: ["gelu", "gelu_python"],
  "gelu-tanh": ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"],
  relu: ["relu"],
  silu: ["silu", "swish"],
} as const;

/** An activation without a gate. */
export type PointwiseActivation = keyof typeof names;

const ours = new Map(
  Object.entries(names).flatMap(([own, all]) => all.map((name) => [name as string, own as PointwiseActivation])),
);

/** The name of an activation, as ours. */
export const activation = z
  .string()
  .refine((name) => ours.has(name), `one of ${[...ours.keys()].join(", ")}`)
  .transform((name) => ours.get(name) as PointwiseActivation);

/** The foreign name of an activation of ours; undefined for one with a gate. */
export const foreignActivation = (own: string): string | undefined =>
  Object.hasOwn(names, own) ? names[own as PointwiseActivation][0] : undefined;
