import { CheckpointError } from "@trivium/core";
import { z } from "zod";

export const MANIFEST_NAME = "manifest.json";

/** The size and SHA-256 of a file. */
export interface Fingerprint {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The step of a checkpoint, and the fingerprint of each of its files. */
export interface Manifest {
  readonly format: "trivium-checkpoint";
  readonly version: 1;
  readonly step: number;
  readonly files: Readonly<Record<string, Fingerprint>>;
}

/** Plain names only, so that a manifest cannot point out of its folder. */
export const FILE_NAME = /^[A-Za-z0-9][\w.-]*\.(?:safetensors|json)$/;

const manifestSchema = z.object({
  format: z.literal("trivium-checkpoint"),
  version: z.literal(1),
  step: z.int().nonnegative(),
  files: z.record(
    z.string().regex(FILE_NAME),
    z.object({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/**
 * @throws {CheckpointError} `checkpoint/manifest` if the text is not a manifest.
 */
export function parseManifest(text: string, path: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll("\n", " ") : "it is not JSON";
    throw new CheckpointError("checkpoint/manifest", `${path}: not a checkpoint's manifest, or altered: ${problem}`, {
      details: { path },
      cause,
    });
  }
}
