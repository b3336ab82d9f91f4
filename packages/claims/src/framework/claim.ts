import type { AttentionKernel } from "@trivium/attention";
import type { Plugins } from "@trivium/compose";
import type { Json } from "@trivium/core";
import type { Dataset } from "@trivium/data";
import type { CurvePoint, Effect } from "@trivium/evaluator";
import type { Architecture } from "@trivium/model";
import { defineKind } from "@trivium/registry";

/** A published finding about the statement. */
export interface Evidence {
  readonly finding: string;
  /** Authors, year and place: `"Raffel et al. 2020, table 2"`. */
  readonly source: string;
  readonly url: string;
  /** The side that the finding takes on the statement. */
  readonly speaks: "for" | "against" | "both";
  /** The part of the paper that was read: its text, or its abstract alone. */
  readonly read: "text" | "abstract";
}

/** `"quick"`: minutes, to see that it works and where it points; `"full"`: what is published. */
export type Preset = "quick" | "full";

/** The amount of work to plan: a preset and seeds. */
export interface ClaimRequest {
  readonly preset: Preset;
  readonly seeds: readonly number[];
}

/** The services of an arm. An arm looks no name up by itself, but for those of its recipe. */
export interface ArmContext {
  /** The plugins that recipes of arms name. */
  readonly registry: Plugins;
  /** The kernel that models run with. */
  readonly attention: AttentionKernel;
  /** @throws {UnknownPluginError} listing what there is. */
  architecture(name: string): Architecture;
  /** @throws {UnknownPluginError}, or what the dataset throws where its data is missing. */
  dataset(name: string, options?: Readonly<Record<string, unknown>>): Promise<Dataset>;
  /** Aborted, an arm ends early and its outcome is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** The progress of an arm. */
export interface ArmProgress {
  readonly done: number;
  readonly total: number;
  /** Text beside the progress bar: `"loss 1.23"`. */
  readonly note?: string | undefined;
}

/** The results of a run of an arm. */
export interface ArmOutcome<Numbers extends Json = Json> {
  /** Plain numbers that the same configuration gives every time, bit for bit. */
  readonly numbers: Numbers;
  /** Seconds and what is derived from them: never twice the same, and no part of a verdict. */
  readonly times?: Readonly<Record<string, number>> | undefined;
  /** The learning curve, if the arm trained a model. */
  readonly curve?: readonly CurvePoint[] | undefined;
}

/** A unit of work of a claim, such as a training run, a construction or a count. */
export interface ClaimArm<Numbers extends Json = Json> {
  /** Unique within a plan: `"prefix, seed 2"`. */
  readonly name: string;
  /**
   * Everything that the numbers depend on, seed included; its hash is where they are kept. Claims that ask for the same
   * configuration share the work.
   */
  readonly configuration: Readonly<Record<string, Json>>;
  /** True if no other arm may run at the same time, because the arm measures times or needs every core. */
  readonly alone?: true | undefined;
  /**
   * Tells if stored results belong to the present data, which no configuration names by its content. Default: they do.
   */
  isCurrent?(kept: ArmResult, context: ArmContext): Promise<boolean>;
  run(context: ArmContext): AsyncGenerator<ArmProgress, ArmOutcome<Numbers>>;
}

/** An arm's name and configuration with what it found. */
export interface ArmResult<Numbers extends Json = Json> extends ArmOutcome<Numbers> {
  readonly name: string;
  readonly configuration: Readonly<Record<string, Json>>;
}

/** The verdict of the data on a statement, by `judge`. */
export type Verdict = "supported" | "not supported" | "contradicted" | "inconclusive";

/** Numbers in rows, the first column naming them. */
export interface FindingsTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** True if it shows `times`, which vary from run to run. */
  readonly timed?: true | undefined;
}

/** A line of a chart. */
export interface ChartSeries {
  readonly name: string;
  /** `x`, `y` and, where there is an interval, its ends. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
}

/** A picture of numbers over numbers. */
export interface Chart {
  readonly title: string;
  readonly x: { readonly title: string; readonly scale?: "linear" | "log" | undefined };
  readonly y: { readonly title: string; readonly scale?: "linear" | "log" | undefined };
  readonly series: readonly ChartSeries[];
  /** True if it shows `times`, which vary from run to run. */
  readonly timed?: true | undefined;
}

/** The findings from the results of all arms. */
export interface Findings {
  /** The first decides the verdict, by `judge`; the others are controls and by-products. */
  readonly effects: readonly [Effect, ...Effect[]];
  readonly tables: readonly FindingsTable[];
  /** Learning curves of arms that have one are drawn without being asked for, on the four axes. */
  readonly charts: readonly Chart[];
  /** Remarks that a reader needs to read the findings right, including disagreements with papers. */
  readonly notes: readonly string[];
}

/** A statement that is said of the architectures, and how to measure it. */
export interface Claim {
  /** The statement in one sentence. */
  readonly statement: string;
  readonly evidence: readonly Evidence[];
  /** The measured quantities and the compared arms. */
  readonly measure: string;
  /** The expectation that the evidence suggests. It takes no part in the verdict. */
  readonly expected: string;
  /** The arms, in the order in which they run. Pure: planning does no work. */
  plan(request: ClaimRequest): readonly ClaimArm[];
  /** @param results - of all arms of the plan, in its order. Pure: the same results, the same findings. */
  analyse(results: readonly ArmResult[], request: ClaimRequest): Findings;
}

/**
 * The kind of claims: a function to a claim. The plugin's name is the claim's id.
 *
 * @example createRegistry([claim("mine", () => mine)]).create("claim", "mine")
 */
export const claim = defineKind<() => Claim>()("claim");
