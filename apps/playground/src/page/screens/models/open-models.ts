import { signal } from "@preact/signals";
import type { ModelChoice } from "../../../address/model-fields.ts";
import type { FromModelWorker, ModelSource, OpenedModels, ToModelWorker } from "../../../models/protocol.ts";
import type { DroppedFile } from "../../parts/dropped-files.ts";
import { trained } from "../train/train-model.ts";

/** Models that are open, and where they come from. */
interface Opened extends OpenedModels {
  readonly from: ModelSource["type"];
}

/** The models that are open. Undefined while none are. */
export const opened = signal<Opened | undefined>(undefined);
/** The reason why models could not be opened; empty where they could. */
export const openingFailed = signal("");
/** The files that the reader dropped last. */
export const droppedFiles = signal<readonly DroppedFile[]>([]);

let worker: Worker | undefined;
let isOpen: { readonly of: unknown } | undefined;
let lastId = 0;
const waiting = new Map<number, (message: FromModelWorker) => void>();

/** Sends a request with a number to the worker, and returns what it answers. */
export function ask(request: (id: number) => ToModelWorker): Promise<FromModelWorker> {
  worker ??= startWorker();
  lastId += 1;
  const id = lastId;
  const answered = new Promise<FromModelWorker>((resolve) => waiting.set(id, resolve));
  worker.postMessage(request(id));
  return answered;
}

function startWorker(): Worker {
  const created = new Worker(new URL("../../../models/model-worker.ts", import.meta.url), { type: "module" });
  created.onmessage = ({ data }: MessageEvent<FromModelWorker>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  created.onerror = ({ message }) => {
    if (worker !== created) return;
    // The models were in its memory.
    worker = undefined;
    isOpen = undefined;
    opened.value = undefined;
    const text = message || "the worker of models could not start; reload the page";
    openingFailed.value = text;
    for (const [id, answer] of waiting) answer({ type: "failed", id, message: text });
    waiting.clear();
  };
  return created;
}

/** Returns the source of models that the reader chose. Undefined where the models are not in this page. */
export function sourceOf(choice: ModelChoice): ModelSource | undefined {
  if (choice === "trained") return trained.value && { type: "trained", ...trained.value };
  if (choice === "file")
    return droppedFiles.value.length > 0 ? { type: "files", files: droppedFiles.value } : undefined;
  return { type: "bundled", base: document.baseURI };
}

/** The value by which two sources are compared: a run that was paused again has other models. */
export const keyOf = (source: ModelSource): unknown =>
  source.type === "trained" ? source.arrays : source.type === "files" ? source.files : "bundled";

/** Opens models, unless they are open already; memory of others goes with their worker. */
export async function openModels(source: ModelSource): Promise<void> {
  if (isOpen?.of === keyOf(source)) return;
  const opening = { of: keyOf(source) };
  isOpen = opening;
  worker?.terminate();
  worker = undefined;
  waiting.clear();
  opened.value = undefined;
  openingFailed.value = "";
  const threads = crossOriginIsolated ? undefined : 1;
  const said = await ask((id) => ({ type: "open", id, source, threads }));
  if (isOpen !== opening) return;
  if (said.type === "opened") opened.value = { ...said.opened, from: source.type };
  if (said.type !== "failed") return;
  openingFailed.value = said.message;
  isOpen = undefined;
}
