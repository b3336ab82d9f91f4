import { TriviumError } from "@trivium/core";
import { describeReading, pairsDataset } from "@trivium/data";
import { heldOutShares } from "./held-out-shares.ts";

/** The reader's own pairs, and what was found in them. */
export interface ReadPairs {
  readonly text: string;
  readonly notes: readonly string[];
  /** The message of the data readers, with the line, if the pairs cannot be read. */
  readonly error?: string | undefined;
}

/** Reads tab-separated pairs as the command line reads a file of them. */
export async function readPairs(content: string | Uint8Array, name?: string): Promise<ReadPairs> {
  const text = typeof content === "string" ? content : new TextDecoder().decode(content);
  try {
    return { text, notes: describeReading(await pairsDataset(content, { ...heldOutShares, name })) };
  } catch (error) {
    if (!TriviumError.is(error)) throw error;
    return { text, notes: [], error: error.message };
  }
}
