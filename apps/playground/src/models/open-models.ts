import { decodeSafetensors, type NamedArrays } from "@trivium/checkpoint";
import { type Backend, flattenSpecs } from "@trivium/tensor";
import { treeOfArrays } from "@trivium/trainer";
import { armModel } from "../train/arm-model.ts";
import { type ArmName, armNames } from "../train/names.ts";
import type { TrainSettings } from "../train/train-settings.ts";
import { encodeData, loadDataset } from "../train/training-data.ts";
import { bundledFile, bundledSettings } from "./bundled.ts";
import type { HeldModel, HeldModels } from "./held-model.ts";
import type { ModelSource } from "./protocol.ts";

/**
 * Opens models on a backend that is active.
 *
 * @throws {CheckpointError} what does not fit, naming the file.
 */
export async function openModels(source: ModelSource, backend: Backend): Promise<HeldModels> {
  if (source.type === "files") {
    // Importers of foreign checkpoints are larger than the rest of the worker.
    const { importModel } = await import("./import-model.ts");
    return importModel(source.files, backend);
  }
  if (source.type === "trained") return openArms(source.settings, source.pairs, source.arrays);
  const arrays = await Promise.all(armNames.map(async (name) => [name, await fetchArrays(source.base, name)] as const));
  return openArms(bundledSettings, "", Object.fromEntries(arrays) as Record<ArmName, NamedArrays>);
}

async function fetchArrays(base: string, name: ArmName): Promise<NamedArrays> {
  const file = bundledFile(name);
  const response = await fetch(new URL(file, base));
  if (!response.ok) throw new Error(`${file}: the server answers ${response.status}; serve the whole built folder`);
  return decodeSafetensors(new Uint8Array(await response.arrayBuffer()), { file }).arrays;
}

async function openArms(
  settings: TrainSettings,
  pairs: string,
  arrays: Readonly<Record<ArmName, NamedArrays>>,
): Promise<HeldModels> {
  const dataset = await loadDataset(settings.task, pairs);
  const data = encodeData(dataset);
  const models = armNames.map((name): HeldModel => {
    const { model, objective } = armModel(name, settings, data);
    const parameters = treeOfArrays(arrays[name], flattenSpecs(model.specs), "model");
    return { name, model, parameters, tokenizer: data.tokenizer, objective, task: "pairs" };
  });
  const examples = [...dataset.validation, ...dataset.train].flatMap((one) => ("source" in one ? [one.source] : []));
  // One of many different letters shows more.
  const kinds = (text: string) => new Set(text).size;
  const sample = examples.slice(0, 50).reduce((best, one) => (kinds(one) > kinds(best) ? one : best), "");
  return { models, sample, warnings: [] };
}
