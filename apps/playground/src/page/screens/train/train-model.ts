import { computed, signal } from "@preact/signals";
import { packText, unpackText } from "../../../address/packed-text.ts";
import { type TrainState, trainFields } from "../../../address/train-fields.ts";
import type { ModelSource } from "../../../models/protocol.ts";
import type { RatePoint } from "../../../train/curves.ts";
import type { HeldOutReport } from "../../../train/held-out.ts";
import { type ArmName, armNames } from "../../../train/names.ts";
import type { FromWorker, StepPoint, ToWorker } from "../../../train/protocol.ts";
import type { TrainSettings } from "../../../train/train-settings.ts";
import { createScreenState } from "../../route.ts";

const screen = createScreenState("train", trainFields);

export const { state, problems } = screen;

/** What the run does. */
export type Phase = "idle" | "starting" | "running" | "paused" | "failed";

export const phase = signal<Phase>("idle");
/** What the worker said when it was ready. */
export const ready = signal<Extract<FromWorker, { type: "ready" }> | undefined>(undefined);
export const failure = signal("");
/** Steps that every arm has taken. */
export const step = signal(0);

/** The points of every arm. They grow in place; `step` says that there are more. */
export const points: Readonly<Record<ArmName, StepPoint[]>> = { causal: [], prefix: [], "encoder-decoder": [] };

/** What an arm answered to held-out examples. */
export interface Answers {
  readonly rates: readonly RatePoint[];
  readonly step: number;
  readonly report: HeldOutReport;
}

export const answers = signal<Readonly<Partial<Record<ArmName, Answers>>>>({});

/** The models as they were when the run was paused last, with what they were trained on. */
export const trained = signal<Omit<Extract<ModelSource, { type: "trained" }>, "type"> | undefined>(undefined);

/** The reader's own pairs as text, and what the reader of data said of them. */
export const ownPairs = signal("");
export const pairsSaid = signal<{ readonly notes: readonly string[]; readonly error?: string | undefined }>({
  notes: [],
});

/** Whether the run can begin: the reader's own pairs have to be there, and to be right. */
export const canStart = computed(() => state.value.t !== "own" || (ownPairs.value !== "" && !pairsSaid.value.error));

/** Longest own pairs that are kept in the address, in characters of it. */
const LONGEST_PACKED = 7500;

let worker: Worker | undefined;

const settingsOf = ({ t, p, w, y, h, r, b, s }: TrainState): TrainSettings => ({
  task: t,
  pair: p,
  width: w,
  layers: y,
  heads: h,
  rate: r,
  batch: b,
  seed: s,
});

/** The settings, pairs and steps of the run, as they are exported. */
export function presentRun() {
  const build = ready.peek()?.build ?? "relaxed";
  return { settings: settingsOf(state.peek()), pairs: pairsInUse, steps: step.peek(), build };
}

let pairsInUse = "";
/** The settings of the run. Undefined while there is none. */
let settingsInUse: TrainSettings | undefined;

// Another address is another run.
state.subscribe((now) => {
  if (settingsInUse && JSON.stringify(settingsOf(now)) !== JSON.stringify(settingsInUse)) reset();
});

/** Ends the run and forgets it; its memory goes with its worker. */
export function reset(): void {
  worker?.terminate();
  worker = undefined;
  settingsInUse = undefined;
  for (const name of armNames) points[name].length = 0;
  answers.value = {};
  ready.value = undefined;
  failure.value = "";
  step.value = 0;
  phase.value = "idle";
}

/** Changes settings, and begins anew; what the curves are drawn over changes nothing. */
export function change(part: Partial<TrainState>): void {
  screen.change(part);
  if (Object.keys(part).some((name) => name !== "x")) reset();
}

/** Takes steps of every arm; begins the run where there is none. */
export async function run(steps: number): Promise<void> {
  if (!worker) {
    phase.value = "starting";
    try {
      await start();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
      return;
    }
  } else phase.value = "running";
  send({ type: "run", steps });
}

/** Pauses the run after the step that it is in. */
export const pause = (): void => send({ type: "pause" });

const send = (message: ToWorker): void => worker?.postMessage(message);

function fail(message: string): void {
  failure.value = message;
  phase.value = "failed";
}

async function start(): Promise<void> {
  const settings = settingsOf(state.peek());
  settingsInUse = settings;
  const created = new Worker(new URL("../../../train/training-worker.ts", import.meta.url), { type: "module" });
  worker = created;
  created.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (worker === created) receive(data);
  };
  created.onerror = ({ message }) => {
    created.terminate();
    fail(message || "the training worker could not start; reload the page");
  };
  pairsInUse = await pairsOf(settings.task);
  send({ type: "start", settings, pairs: pairsInUse, threads: crossOriginIsolated ? undefined : 1 });
}

async function pairsOf(task: TrainSettings["task"]): Promise<string> {
  if (task === "own") return ownPairs.peek();
  if (task !== "cmudict") return "";
  const response = await fetch(new URL("cmudict.tsv", document.baseURI));
  if (!response.ok) throw new Error(`cmudict.tsv: the server answers ${response.status}; serve the whole built folder`);
  return response.text();
}

function receive(message: FromWorker): void {
  switch (message.type) {
    case "ready":
      ready.value = message;
      phase.value = "running";
      return;
    case "steps":
      for (const point of message.points) points[point.arm].push(point);
      step.value = Math.min(...armNames.map((name) => points[name].length));
      return;
    case "held-out": {
      const { arm, step: at, report } = message;
      const counts = points[arm].at(-1) ?? { targetTokens: 0, flops: 0, seconds: 0 };
      const rate = { ...counts, step: at, errorRate: report.errorRate };
      const rates = [...(answers.peek()[arm]?.rates ?? []), rate];
      answers.value = { ...answers.peek(), [arm]: { rates, step: at, report } };
      return;
    }
    case "paused":
      phase.value = "paused";
      trained.value = { settings: settingsOf(state.peek()), pairs: pairsInUse, arrays: message.models };
      return;
    case "failed":
      fail(message.message);
  }
}

/** Takes a file of pairs. */
export async function takeFile(file: File): Promise<void> {
  await takePairs(new Uint8Array(await file.arrayBuffer()), file.name);
}

/**
 * Takes the reader's own pairs: reads them as the command line reads a file, and keeps them in the address if they fit.
 *
 * @param name - the name of the file in messages. Default: that of pasted pairs.
 */
export async function takePairs(content: string | Uint8Array, name?: string): Promise<void> {
  const { readPairs } = await import("../../../train/read-pairs.ts");
  const read = await readPairs(content, name);
  ownPairs.value = read.text;
  pairsSaid.value = { notes: read.notes, error: read.error };
  const packed = await packText(read.text);
  change({ d: packed.length <= LONGEST_PACKED ? packed : "" });
}

// Pairs of an address are taken once, when it is read.
state.subscribe(({ d }) => {
  if (d !== "" && ownPairs.peek() === "") {
    void unpackText(d).then((text) => (text === undefined ? screen.change({ d: "" }) : takePairs(text)));
  }
});
