import { resolveConfig } from "@trivium/model";
import { flattenSpecs } from "@trivium/tensor";
import { chooseFamily, type FamilyRequest, wholeName } from "./choose-family.ts";
import { mapsOf } from "./load-parameters.ts";

/** A linear map there, and the matrices of ours that it holds side by side. */
export interface PeftModule {
  /** Its whole name, `model.layers.0.self_attn.q_proj`, and the name without the family's prefix. */
  readonly names: readonly [string, string];
  readonly paths: readonly string[];
  /** I, the same for all. */
  readonly inputs: number;
  /** O of each matrix. */
  readonly outputs: readonly number[];
  /** Whether its weight is `[O, I]`, as PyTorch's `Linear` has it, and not `[I, O]`. */
  readonly isLinear: boolean;
}

/** What a model is there: the modules that adapters can change, and the tables that they cannot. */
export interface PeftModules {
  readonly modules: readonly PeftModule[];
  /** Paths of tables of which rows are looked up. */
  readonly tables: readonly string[];
  /** The class of tasks that PEFT has for it. */
  readonly taskType: "CAUSAL_LM" | "SEQ_2_SEQ_LM";
}

/** @throws {CheckpointError} `pretrained/export` if no family can say the model. */
export function peftModules(request: FamilyRequest): PeftModules {
  const { model } = request;
  const { family } = chooseFamily(request);
  const shapes = new Map(Object.entries(flattenSpecs(model.specs)).map(([path, { shape }]) => [path, shape]));
  const maps = mapsOf(family, resolveConfig(model.architecture, model.config), shapes);
  const matrices = maps.filter(({ paths: [path] }) => shapes.get(path as string)?.length === 2);
  const modules = matrices
    .filter(({ isTable }) => !isTable)
    .map(({ names: [name], paths, transposed }): PeftModule => {
      const own = paths.map((path) => shapes.get(path) as readonly number[]);
      const short = name.replace(/\.weight$/, "");
      return {
        names: [wholeName(name, family).replace(/\.weight$/, ""), short],
        paths,
        inputs: own[0]?.[0] ?? 0,
        outputs: own.map(([, outputs = 0]) => outputs),
        isLinear: transposed === true,
      };
    });
  const tables = matrices.filter(({ isTable }) => isTable).flatMap(({ paths }) => paths);
  return { modules, tables, taskType: model.architecture.streams.length > 1 ? "SEQ_2_SEQ_LM" : "CAUSAL_LM" };
}
