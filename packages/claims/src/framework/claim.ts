import type { AttentionKernel } from "@trivium/attention";
import type { Plugins } from "@trivium/compose";
import type { Json } from "@trivium/core";
import type { Dataset } from "@trivium/data";
import type { CurvePoint, Effect } from "@trivium/evaluator";
import type { Architecture } from "@trivium/model";
import { defineKind } from "@trivium/registry";

/** What somebody published about the statement. */
export interface Evidence {
  readonly finding: string;
  /** Authors, year and place: `"Raffel et al. 2020, table 2"`. */
  readonly source: string;
  readonly url: string;
  /** Whether it speaks for the statement, against it, or both. */
  readonly speaks: "for" | "against" | "both";
  /** Whether the paper's own text was read, or its abstract alone. */
  readonly read: "text" | "abstract";
}

/** `"quick"`: minutes, to see that it works and where it points; `"full"`: what is published. */
export type Preset = "quick" | "full";

/** How much is to be done. */
export interface ClaimRequest {
  readonly preset: Preset;
  readonly seeds: readonly number[];
}

/** The surroundings of an arm. */
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

/** How far an arm is. */
export interface ArmProgress {
  readonly done: number;
  readonly total: number;
  /** What is shown beside the bar: `"loss 1.23"`. */
  readonly note?: string | undefined;
}

/** What an arm found. */
export interface ArmOutcome<Numbers extends Json = Json> {
  /** Plain numbers that the same configuration gives every time, bit for bit. */
  readonly numbers: Numbers;
  /** Seconds and what is derived from them: never twice the same, and no part of a verdict. */
  readonly times?: Readonly<Record<string, number>> | undefined;
  /** Where the arm trained something. */
  readonly curve?: readonly CurvePoint[] | undefined;
}

/** One unit of work of a claim: a training run, a construction, a count. */
export interface ClaimArm<Numbers extends Json = Json> {
  /** Unique within a plan: `"prefix, seed 2"`. */
  readonly name: string;
  /**
   * Everything that the numbers depend on, seed included; its hash is where they are kept. Claims that ask for the same
   * configuration share the work.
   */
  readonly configuration: Readonly<Record<string, Json>>;
  /** Whether nothing may run beside it: its times are what it is for, or it needs every core. */
  readonly alone?: true | undefined;
  /**
   * Whether kept results are of the data that is here now, which changes with what brings it and is named by no
   * configuration. Default: they are.
   */
  isCurrent?(kept: ArmResult, context: ArmContext): Promise<boolean>;
  run(context: ArmContext): AsyncGenerator<ArmProgress, ArmOutcome<Numbers>>;
}

/** An arm's name and configuration with what it found. */
export interface ArmResult<Numbers extends Json = Json> extends ArmOutcome<Numbers> {
  readonly name: string;
  readonly configuration: Readonly<Record<string, Json>>;
}

/** What the data says of a statement: see `judge`. */
export type Verdict = "supported" | "not supported" | "contradicted" | "inconclusive";

/** Numbers in rows, the first column naming them. */
export interface FindingsTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** Whether it shows `times`: then it is never twice the same. */
  readonly timed?: true | undefined;
}

/** One line of a chart. */
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
  /** Whether it shows `times`: then it is never twice the same. */
  readonly timed?: true | undefined;
}

/** What the results of all arms come to. */
export interface Findings {
  /** The first decides the verdict, by `judge`; the others are controls and by-products. */
  readonly effects: readonly [Effect, ...Effect[]];
  readonly tables: readonly FindingsTable[];
  /** Learning curves of arms that have one are drawn without being asked for, on the four axes. */
  readonly charts: readonly Chart[];
  /** What a reader must know to read them right, where we disagree with the papers included. */
  readonly notes: readonly string[];
}

/** A statement that is said of the architectures, and how to measure it. */
export interface Claim {
  /** The statement in one sentence. */
  readonly statement: string;
  readonly evidence: readonly Evidence[];
  /** What is measured, and what is compared with what. */
  readonly measure: string;
  /** What the evidence lets one expect; an expectation decides nothing. */
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
