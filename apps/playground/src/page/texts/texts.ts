import type { Screen } from "../../address/screens.ts";
import type { ArmName, Axis, PairForm, TaskName } from "../../train/names.ts";
import type { PageClaim } from "../claims.ts";
import type { ExplainStep } from "./explain-step.ts";
import type { DecodeTexts, LookTexts, ModelTexts } from "./model-texts.ts";

type StreamName = "tokens" | "target" | "source" | "cross";

/** Every text of the page. A language is one file of this form. */
export interface Texts {
  readonly language: string;
  readonly skip: string;
  readonly screens: Readonly<Record<Screen, string>>;
  readonly theme: Readonly<Record<"label" | "auto" | "light" | "dark", string>>;
  readonly copyLink: string;
  readonly copied: string;
  readonly linkInAddress: string;
  linkTooLong(length: number): string;
  problems(names: string): string;
  /** Said where a part of the page could not be fetched. */
  readonly notLoaded: string;
  /** The title of the short steps through a screen. */
  readonly explain: string;
  readonly article: ArticleTexts;
  readonly mask: MaskTexts;
  readonly train: TrainTexts;
  readonly models: ModelTexts;
  readonly look: LookTexts;
  readonly decode: DecodeTexts;
}

/** The texts of the screen of masks. */
export interface MaskTexts {
  readonly title: string;
  readonly intro: string;
  readonly algebra: string;
  readonly algebraOf: Readonly<Record<StreamName, string>>;
  atColumn(column: number): string;
  painted(queries: number, keys: number): string;
  readonly insert: string;
  readonly presets: string;
  readonly presetNames: Readonly<Record<"causal" | "prefix" | "encoder" | "window" | "packed" | "pair", string>>;
  readonly undo: string;
  readonly redo: string;
  readonly find: string;
  found(text: string): string;
  nearest(differences: number, all: number, text: string): string;
  readonly take: string;
  readonly showDifferences: string;
  readonly hideDifferences: string;
  readonly queries: string;
  readonly keys: string;
  readonly asQueries: string;
  readonly source: string;
  readonly target: string;
  readonly row: string;
  readonly ownText: string;
  readonly unit: string;
  readonly characters: string;
  readonly words: string;
  readonly blocks: string;
  readonly noBlocks: string;
  blockLegend(full: number, partial: number, empty: number): string;
  readonly streams: Readonly<Record<"label" | "one" | "two", string>>;
  readonly matrix: Readonly<Record<StreamName, string>>;
  readonly matrixHelp: string;
  matrixLabel(name: string, queries: number, keys: number): string;
  cell(query: string, key: string, isVisible: boolean): string;
  place(position: number, label: string): string;
  selected(count: number): string;
  readonly asList: string;
  sees(query: string, ranges: string): string;
  readonly facts: {
    readonly title: string;
    readonly pairs: string;
    pairsOf(seen: number, all: number): string;
    readonly density: string;
    percent(share: number): string;
    readonly flops: string;
    readonly backward: string;
    flopsOf(count: number): string;
    readonly headWidth: string;
    readonly heads: string;
    readonly plan: string;
    readonly intervals: string;
    noIntervals(reason: string): string;
    rows(count: number): string;
  };
  readonly leaks: {
    readonly title: string;
    readonly intro: string;
    readonly look: string;
    readonly layers: string;
    readonly shift: string;
    readonly shifts: Readonly<Record<"0" | "1", string>>;
    readonly weights: string;
    readonly weightsHelp: string;
    readonly copyAt: string;
    readonly nowhere: string;
    readonly none: string;
    readonly noSquare: string;
    count(count: number): string;
    more(count: number): string;
    path(places: readonly string[]): string;
    step(step: number, all: number): string;
    readonly previous: string;
    readonly next: string;
    own(place: string): string;
    hop(from: string, to: string, layer: number): string;
    readonly ladder: string;
    readonly prediction: string;
    layer(layer: number): string;
    readonly input: string;
    readonly streams: Readonly<Record<"tokens" | "source" | "target", string>>;
  };
  readonly compare: {
    readonly title: string;
    readonly help: string;
    readonly blind: string;
    readonly trespass: string;
    readonly same: string;
    through(layers: number): string;
  };
  readonly export: Readonly<Record<"title" | "which" | "svg" | "png" | "ascii" | "json" | "program", string>>;
  readonly explain: readonly ExplainStep[];
}

/** The texts of the screen of training. */
export interface TrainTexts {
  readonly title: string;
  readonly intro: string;
  readonly explain: readonly ExplainStep[];
  readonly arms: Readonly<Record<ArmName, string>>;
  readonly task: string;
  readonly tasks: Readonly<Record<TaskName, string>>;
  readonly taskHelp: Readonly<Record<TaskName, string>>;
  readonly pair: string;
  readonly pairs: Readonly<Record<PairForm, string>>;
  readonly width: string;
  readonly layers: string;
  readonly heads: string;
  readonly rate: string;
  readonly batch: string;
  readonly seed: string;
  readonly own: {
    readonly label: string;
    readonly help: string;
    readonly file: string;
    readonly drop: string;
    readonly notInLink: string;
  };
  readonly play: string;
  readonly pause: string;
  readonly step: string;
  readonly tenSteps: string;
  readonly reset: string;
  readonly toLook: string;
  readonly toDecode: string;
  readonly phases: Readonly<Record<"idle" | "starting" | "running" | "paused" | "failed", string>>;
  steps(count: number): string;
  threads(count: number): string;
  readonly oneThread: string;
  data(examples: number, heldOut: number, vocabulary: number, length: number): string;
  readonly axis: string;
  readonly axes: Readonly<Record<Axis, string>>;
  readonly loss: string;
  readonly lossUnit: string;
  readonly errorRate: string;
  readonly errorUnit: string;
  chartLabel(name: string, axis: string): string;
  readonly chartHelp: string;
  chartPlace(axis: string, place: string, values: readonly string[]): string;
  readonly noCurve: string;
  /** The curves of a chart as a table of pages. */
  readonly curveTable: {
    open(name: string): string;
    readonly step: string;
    readonly previous: string;
    readonly next: string;
    rows(first: number, last: number, all: number): string;
  };
  readonly table: {
    readonly title: string;
    readonly arm: string;
    readonly parameters: string;
    readonly loss: string;
    readonly errorRate: string;
    readonly below: string;
    readonly targetTokens: string;
    readonly flops: string;
    readonly seconds: string;
  };
  number(value: number): string;
  decimal(value: number, digits: number): string;
  percent(share: number): string;
  readonly never: string;
  readonly heldOut: string;
  readonly heldOutHelp: string;
  atStep(step: number): string;
  readonly source: string;
  readonly wanted: string;
  readonly answer: string;
  readonly isRight: string;
  readonly missing: string;
  readonly export: Readonly<Record<"title" | "help" | "program" | "losses", string>>;
}

/** The texts of the article. */
export interface ArticleTexts {
  readonly title: string;
  readonly intro: string;
  readonly whatTitle: string;
  readonly what: string;
  /** The source and the target whose characters stand at the masks. */
  readonly sample: string;
  readonly answer: string;
  readonly source: string;
  readonly target: string;
  readonly encoder: string;
  readonly cross: string;
  readonly decoder: string;
  readonly matrixHelp: string;
  readonly toMasks: string;
  pairs(causal: number, prefix: number, pair: number): string;
  readonly costTitle: string;
  readonly cost: string;
  readonly trainTitle: string;
  readonly train: string;
  readonly toTrain: string;
  readonly insideTitle: string;
  readonly inside: string;
  readonly toLook: string;
  readonly toDecode: string;
  readonly otherClaims: string;
  readonly weakTitle: string;
  readonly weak: string;
  readonly verdicts: Readonly<Record<PageClaim["verdict"], string>>;
  effect(claim: PageClaim): string;
  /** Statements of claims by their ids. Default: as the report has them. */
  readonly statements: Readonly<Record<string, string>>;
  /** Names and units of effects by those of the report. Default: as the report has them. */
  readonly effects: Readonly<Record<string, string>>;
  readonly look: string;
  tryHere(task: string): string;
}
