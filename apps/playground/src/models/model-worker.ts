import "../train/without-code-from-text.ts";
import { createSimdBackend } from "@trivium/backend-simd";
import { TriviumError } from "@trivium/core";
import { countParameters } from "@trivium/tensor";
import type { HeldModels } from "./held-model.ts";
import { lookInto } from "./look-into.ts";
import { openModels } from "./open-models.ts";
import type { FromModelWorker, ToModelWorker } from "./protocol.ts";
import { recordAnswer } from "./record-answer.ts";

let held: HeldModels | undefined;

async function open({ id, source, threads }: Extract<ToModelWorker, { type: "open" }>): Promise<FromModelWorker> {
  const backend = createSimdBackend({ name: "playground", gemm: "wasm", threads });
  await backend.activate();
  held = await openModels(source, backend);
  const { models, sample, warnings } = held;
  const infos = models.map(({ name, model, parameters, task }) => ({
    name,
    architecture: model.architecture.name,
    task,
    parameters: countParameters(parameters),
    length: model.length,
  }));
  return { type: "opened", id, opened: { models: infos, sample, warnings } };
}

async function answer(message: ToModelWorker): Promise<FromModelWorker> {
  if (message.type === "open") return open(message);
  const models = held?.models ?? [];
  if (message.type === "look") {
    const looked = [];
    for (const one of models) looked.push(await lookInto(one, message.asked));
    return { type: "looked", id: message.id, models: looked };
  }
  const { model } = message.settings;
  const chosen = models[Math.min(model, models.length - 1)];
  if (!chosen) throw new Error("no model is open; choose one");
  return { type: "decoded", id: message.id, trace: await recordAnswer(chosen, message.settings) };
}

async function respond(message: ToModelWorker): Promise<void> {
  let said: FromModelWorker;
  try {
    said = await answer(message);
  } catch (error) {
    said = { type: "failed", id: message.id, message: TriviumError.is(error) ? error.message : String(error) };
  }
  postMessage(said);
}

/** Messages are answered one after the other. */
let last = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<ToModelWorker>) => {
  last = last.then(() => respond(data));
});
