import { z } from "zod";

/** The schema of {@link TooLong}. */
export const tooLongSchema = z.enum(["error", "skip", "cut"]);

/** Treatment of pairs that exceed the model's length: refuse all, leave those out, or cut their texts. */
export type TooLong = z.output<typeof tooLongSchema>;
