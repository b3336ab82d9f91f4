import type { FileChunks } from "@trivium/checkpoint";

/** A file of indented JSON. */
export const jsonFile = (name: string, value: unknown): FileChunks => ({
  name,
  chunks: [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)],
});
