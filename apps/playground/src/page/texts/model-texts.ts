import type { ModelChoice } from "../../address/model-fields.ts";
import type { AttentionKind, DecodeSettings } from "../../models/protocol.ts";
import type { ExplainStep } from "./explain-step.ts";

/** The texts on where models come from. */
export interface ModelTexts {
  readonly label: string;
  readonly sources: Readonly<Record<ModelChoice, string>>;
  readonly fileLabel: string;
  readonly fileHelp: string;
  readonly choose: string;
  readonly drop: string;
  readonly notTrained: string;
  readonly opening: string;
  about(name: string, parameters: number, length: number): string;
}

/** The texts of the screen that looks into models. */
export interface LookTexts {
  readonly title: string;
  readonly intro: string;
  readonly explain: readonly ExplainStep[];
  readonly help: string;
  readonly caution: string;
  readonly text: string;
  readonly target: string;
  readonly ownAnswer: string;
  readonly rollout: string;
  rolloutOf(layers: number): string;
  readonly heads: string;
  readonly kinds: Readonly<Record<AttentionKind, string>>;
  /** A head, counted from 0; −1 is the mean of all. */
  head(layer: number, head: number): string;
  readonly mean: string;
  readonly answered: string;
  readonly shown: string;
  cut(tokens: number): string;
  matrixLabel(name: string, queries: number, keys: number): string;
  weight(query: string, key: string, weight: number): string;
  hidden(query: string, key: string): string;
  area(queries: readonly [number, number], keys: readonly [number, number], weight: number): string;
  readonly bars: string;
}

/** The texts of the screen of decoding. */
export interface DecodeTexts {
  readonly title: string;
  readonly intro: string;
  readonly explain: readonly ExplainStep[];
  readonly model: string;
  readonly strategy: string;
  readonly strategies: Readonly<Record<DecodeSettings["strategy"], string>>;
  readonly beam: string;
  readonly penalty: string;
  readonly temperature: string;
  readonly step: string;
  readonly first: string;
  readonly last: string;
  readonly answer: string;
  readonly next: string;
  entropy(nats: number): string;
  /** A share below a twentieth of a percent. */
  readonly hardly: string;
  row(row: number, rows: number): string;
  readonly given: string;
  readonly choose: string;
  givenTokens(tokens: string): string;
  readonly keep: string;
  readonly free: string;
  readonly cache: string;
  layer(layer: number): string;
  readonly memory: string;
  readonly parts: Readonly<Record<"sealed" | "prompt" | "decoded" | "free", (count: number) => string>>;
  sourceMemory(count: number): string;
  pages(rows: number, used: number, size: number, bytesCopied: number): string;
  readonly tree: string;
  readonly treeHelp: string;
  readonly hypotheses: string;
  readonly hypothesis: string;
  readonly state: string;
  readonly states: Readonly<Record<"open" | "ended" | "pruned", string>>;
  readonly logProbability: string;
  readonly score: string;
  readonly export: string;
  readonly exportHelp: string;
  readonly exportTrace: string;
}
