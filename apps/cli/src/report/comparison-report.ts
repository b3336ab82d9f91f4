import { hashWords } from "@trivium/core";
import type { Dataset } from "@trivium/data";
import type { Arm, ArmReport } from "@trivium/evaluator";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { type Probe, tf } from "@trivium/tensor";
import type { CompareSettings } from "../settings.ts";

/** A comparison as it is saved. */
export interface ComparisonReport {
  readonly format: "trivium-comparison";
  readonly version: 1;
  /** What was typed. */
  readonly command: string;
  readonly data: {
    readonly name: string;
    readonly fingerprint: string;
    readonly train: number;
    readonly heldOut: number;
    /** The first so many held-out examples: what losses are taken on. */
    readonly scored: number;
  };
  /** The first so many of those were decoded. */
  readonly decodedExamples: number;
  readonly settings: CompareSettings;
  /** Each is identified by its `name`, which is unique; arms may share an architecture, as controls do. */
  readonly arms: readonly ArmReport[];
  readonly signature: {
    /** Changes with any setting or configuration. */
    readonly configuration: string;
    /** Changes with what any mask says of itself. */
    readonly masks: string;
    readonly seed: number;
    readonly versions: Readonly<Record<string, string>>;
    readonly backend: string;
  };
}

export interface ReportParts {
  readonly command: string;
  readonly settings: CompareSettings;
  readonly data: Dataset;
  readonly arms: readonly Arm[];
  readonly reports: readonly ArmReport[];
  readonly backend: Probe;
}

/** Changes with any setting or configuration, but not with where the report goes. */
export const configurationOf = ({ out, ...settings }: CompareSettings, arms: readonly Arm[]): string =>
  hashOf({ ...settings, arms: arms.map(({ name, config }) => ({ name, config })) });

/** Everything that a reader needs to judge the numbers and to repeat them. */
export function createReport({ command, settings, data, arms, reports, backend }: ReportParts): ComparisonReport {
  const heldOut = data.test.length;
  return {
    format: "trivium-comparison",
    version: 1,
    command,
    data: {
      ...{ name: data.name, fingerprint: data.fingerprint, train: data.train.length, heldOut },
      scored: Math.min(heldOut, settings.scored ?? heldOut),
    },
    decodedExamples: reports[0]?.examples ?? 0,
    settings,
    arms: reports,
    signature: {
      configuration: configurationOf(settings, arms),
      masks: hashOf(arms.map(({ architecture }) => maskSpecs(architecture))),
      seed: settings.seed,
      versions: { node: process.version, "tfjs-core": tf.version_core },
      backend: backend.available ? `${settings.backend} (${backend.detail})` : settings.backend,
    },
  };
}

/** What the masks of an architecture say of themselves. */
export function maskSpecs(architecture: Architecture): unknown[] {
  const { streams, crossMask } = architecture;
  const builders = [...streams.map((stream) => selfMaskOf(architecture, stream)), ...(crossMask ? [crossMask] : [])];
  return builders.map((build) => build({ prefixLengths: 3 }).spec);
}

/** Changes with anything in it. */
export const hashOf = (value: unknown): string =>
  hashWords(JSON.stringify(value))
    .map((word) => (word >>> 0).toString(16).padStart(8, "0"))
    .join("");
