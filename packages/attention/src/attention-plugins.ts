import { z } from "zod";
import { attentionKernel } from "./attention-kernel.ts";
import { blockwise } from "./blockwise.ts";
import { fused } from "./fused.ts";
import { reference } from "./reference.ts";

const blockSize = z.int().positive().default(128);

/** The options of `blockwise`, with their defaults. */
export const blockwiseSchema = z.strictObject({ blockQueries: blockSize, blockKeys: blockSize });

/** The kernels as plugins, so that a registry or a flag can name them. */
export const attentionPlugins = [
  attentionKernel("reference", reference, {
    description: "The whole matrix in the simplest ops: the specification.",
    schema: z.strictObject({}),
  }),
  attentionKernel("blockwise", blockwise, {
    description: "Softmax block by block: memory grows with the length, not with its square; empty blocks are skipped.",
    schema: blockwiseSchema,
  }),
  attentionKernel("fused", fused, {
    description: "One kernel of the backend, which must have it, for every mask, at the cost of what it shows.",
    schema: z.strictObject({}),
  }),
] as const;
