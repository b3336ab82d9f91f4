import type { Recipe } from "@trivium/compose";
import { hashWords } from "@trivium/core";
import type { Dataset } from "@trivium/data";
import {
  type Arm,
  type ArmReport,
  type Metric,
  type MetricScores,
  type PairedScore,
  pairedScore,
} from "@trivium/evaluator";
import { type Architecture, selfMaskOf } from "@trivium/model";
import { type Probe, tf } from "@trivium/tensor";
import type { CompareSettings } from "../settings.ts";
import { scoreSignatures } from "./metric-signatures.ts";

/** A score of the texts that an arm decoded. */
export interface ComparedScore extends Omit<MetricScores, "segments"> {
  /** The difference to the first arm, paired by example; absent for the first arm. */
  readonly difference?: PairedScore | undefined;
}

/** An arm with its scores in place of those of each example. */
export type ComparedArm = Omit<ArmReport, "metrics"> & { readonly metrics?: readonly ComparedScore[] | undefined };

/** The settings of a comparison, and the recipe that its arms share. */
export interface ComparedSettings extends CompareSettings {
  readonly recipe: Recipe;
}

/** A comparison as it is saved. */
export interface ComparisonReport {
  readonly format: "trivium-comparison";
  readonly version: 1;
  /** The command that was typed. */
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
  readonly settings: ComparedSettings;
  /** Each is identified by its `name`, which is unique; arms may share an architecture, as controls do. */
  readonly arms: readonly ComparedArm[];
  readonly signature: {
    /** Changes with any setting or configuration. */
    readonly configuration: string;
    /** Changes with what any mask says of itself. */
    readonly masks: string;
    /** The methods of the numbers. */
    readonly metrics: readonly string[];
    readonly seed: number;
    readonly versions: Readonly<Record<string, string>>;
    readonly backend: string;
  };
}

export interface ReportParts extends Pick<ComparisonReport, "command" | "settings"> {
  readonly data: Dataset;
  readonly arms: readonly Arm[];
  readonly reports: readonly ArmReport[];
  /** The metrics of decoded text. */
  readonly metrics: readonly Metric[];
  readonly backend: Probe;
}

/** Changes with any setting or configuration, but not with where the report goes. */
export const configurationOf = ({ out, ...settings }: ComparedSettings, arms: readonly Arm[]): string =>
  hashOf({ ...settings, arms: arms.map(({ name, config }) => ({ name, config })) });

/** Everything that a reader needs to judge the numbers and to repeat them. */
export function createReport(parts: ReportParts): ComparisonReport {
  const { command, settings, data, arms, reports, metrics, backend } = parts;
  const heldOut = data.test.length;
  const { name } = settings.recipe.backend;
  return {
    format: "trivium-comparison",
    version: 1,
    command,
    data: {
      name: data.name,
      fingerprint: data.fingerprint,
      train: data.train.length,
      heldOut,
      scored: Math.min(heldOut, settings.scored ?? heldOut),
    },
    decodedExamples: reports[0]?.examples ?? 0,
    settings,
    arms: comparedArms(reports, metrics),
    signature: {
      configuration: configurationOf(settings, arms),
      masks: hashOf(arms.map(({ architecture }) => maskSpecs(architecture))),
      metrics: [...scoreSignatures("greedy"), ...(reports[0]?.metrics?.map(({ signature }) => signature) ?? [])],
      seed: settings.recipe.seed,
      versions: { node: process.version, "tfjs-core": tf.version_core },
      backend: backend.available ? `${name} (${backend.detail})` : name,
    },
  };
}

function comparedArms(reports: readonly ArmReport[], metrics: readonly Metric[]): ComparedArm[] {
  return reports.map(({ metrics: scores, ...arm }, index) => ({
    ...arm,
    metrics: scores?.map(({ segments, ...score }, at): ComparedScore => {
      const [metric, right] = [metrics[at], reports[0]?.metrics?.[at]];
      if (index === 0 || !metric || !right) return score;
      return { ...score, difference: pairedScore({ metric, left: { segments }, right, resamples: 1000 }) };
    }),
  }));
}

/** The specs of the masks of an architecture. */
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
