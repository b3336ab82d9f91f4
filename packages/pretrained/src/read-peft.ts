import { type Files, type NamedArray, type NamedArrays, type OpenedArrays, openSafetensors } from "@trivium/checkpoint";
import type { Lora } from "@trivium/model";
import { z } from "zod";
import type { FamilyRequest } from "./choose-family.ts";
import { count } from "./fields.ts";
import { type ForeignConfig, refusing } from "./foreign-config.ts";
import { foreignTensors } from "./foreign-tensors.ts";
import { type PeftModule, peftModules } from "./peft-modules.ts";
import { ADAPTER_CONFIG, ADAPTER_PREFIX, ADAPTER_STEM } from "./peft-names.ts";
import { handleAttributes } from "./read-attributes.ts";
import { readJson } from "./read-json.ts";
import { transpose } from "./transform.ts";

/** Adapters that were read: which matrices they change, and A and B by the paths of these. */
export interface ReadAdapter extends Lora {
  readonly arrays: NamedArrays;
}

export interface ReadPeftOptions extends FamilyRequest {
  /** Attributes of the configuration that the caller knows to change no number. Default: none. */
  readonly ignore?: readonly string[] | undefined;
}

/** Ways to draw A and B that leave the model as it is; the others subtract from its weights. */
const harmless = z.union([z.boolean(), z.enum(["gaussian", "orthogonal", "eva"])]);

const record = {
  name: "LoRA here",
  attributes: z.object({
    r: count,
    lora_alpha: z.number().positive(),
    use_rslora: z.boolean().nullish(),
    init_lora_weights: harmless.nullish(),
  }),
  fixed: {
    peft_type: "LORA",
    bias: "none",
    use_dora: false,
    rank_pattern: {},
    alpha_pattern: {},
    modules_to_save: [],
    layer_replication: [],
    target_parameters: [],
    trainable_token_indices: [],
    lora_bias: false,
    use_qalora: false,
    megatron_config: {},
    ensure_weight_tying: false,
  },
  // Which modules there are is what the tensors say.
  ignored: [
    ...["task_type", "base_model_name_or_path", "revision", "inference_mode", "auto_mapping", "peft_version"],
    ...["target_modules", "exclude_modules", "layers_to_transform", "layers_pattern", "fan_in_fan_out"],
    ...["lora_dropout", "loftq_config", "eva_config", "qalora_group_size", "megatron_core", "runtime_config"],
  ],
};

/**
 * Reads adapters in PEFT's layout for a model: `adapter_config.json` and `adapter_model.safetensors`.
 *
 * @throws {CheckpointError} `pretrained/adapter` with what is not built: DoRA, ranks by pattern, whole modules, …; with the tensors that are missing, of another shape or not of this model.
 * @source Names of PEFT 0.21, https://huggingface.co/docs/peft/developer_guides/checkpoint
 * @example (await readPeft(folderFiles("adapter"), { model, families })).targets // => ["tokens.layers.0.self.query.weight"]
 */
export async function readPeft(files: Files, options: ReadPeftOptions): Promise<ReadAdapter> {
  const place = `${files.name}/${ADAPTER_CONFIG}`;
  const config: ForeignConfig = await readJson(files, ADAPTER_CONFIG);
  const reading = { place, ignore: options.ignore ?? [], code: "adapter" };
  const { r: rank, lora_alpha, use_rslora } = handleAttributes(record, config, reading);
  const opened = await openSafetensors(files, `${ADAPTER_STEM}.safetensors`);
  const planned = planModules(opened, { modules: peftModules(options).modules, rank, place: files.name });
  const { read } = foreignTensors(opened, { prefix: ADAPTER_PREFIX }, files.name);
  const arrays: Record<string, NamedArray> = {};
  for (const { module, name } of planned) {
    const [a, b] = [await read(`${name}.lora_A.weight`), await read(`${name}.lora_B.weight`)];
    Object.assign(arrays, ofModule(module, rank, [a, b]));
  }
  const targets = Object.keys(arrays).flatMap((path) => (path.endsWith(".a") ? [path.slice(0, -2)] : []));
  return { rank, alpha: use_rslora ? lora_alpha * Math.sqrt(rank) : lora_alpha, targets, arrays };
}

/** A module that is there, and its name in the file. */
interface PlannedModule {
  readonly module: PeftModule;
  readonly name: string;
}

interface PlanRequest {
  readonly modules: readonly PeftModule[];
  readonly rank: number;
  readonly place: string;
}

function planModules({ infos }: Pick<OpenedArrays, "infos">, { modules, rank, place }: PlanRequest): PlannedModule[] {
  const shapes = new Map([...infos].map(([name, { shape }]) => [withoutPrefix(name), shape]));
  const problems: string[] = [];
  const expected = new Set<string>();
  const planned = modules.flatMap((module) => {
    const height = module.outputs.reduce((sum, own) => sum + own, 0);
    const name = module.names.find((one) => ["A", "B"].some((part) => shapes.has(`${one}.lora_${part}.weight`)));
    if (name === undefined) return [];
    for (const [part, wanted] of [
      ["A", [rank, module.inputs]],
      ["B", [height, rank]],
    ] as const) {
      const tensor = `${name}.lora_${part}.weight`;
      expected.add(tensor);
      const got = shapes.get(tensor)?.join(", ");
      if (got === undefined) problems.push(`${tensor} is missing`);
      else if (got !== wanted.join(", ")) problems.push(`${tensor} should be [${wanted.join(", ")}], got [${got}]`);
    }
    return [{ module, name }];
  });
  problems.push(...[...shapes.keys()].filter((name) => !expected.has(name)).map((name) => `${name} is not expected`));
  if (planned.length === 0) problems.push("there is no adapter of a linear map");
  if (problems.length === 0) return planned;
  const more = problems.length > 20 ? `; and ${problems.length - 20} more` : "";
  const remedy = "name the model that the adapters were trained over";
  const listed = `${problems.slice(0, 20).join("; ")}${more}`;
  return refusing(place, "adapter")(`its adapters do not fit this model: ${listed}; ${remedy}`);
}

const withoutPrefix = (name: string): string =>
  name.startsWith(ADAPTER_PREFIX) ? name.slice(ADAPTER_PREFIX.length) : name;

/** A and B of the matrices of a module; those that it leaves as they are have none. */
function ofModule(
  { paths, inputs, outputs }: PeftModule,
  rank: number,
  [a, b]: readonly [Float32Array, Float32Array],
): NamedArrays {
  const low = transpose(a, rank, inputs); // [I, r]
  const arrays: Record<string, NamedArray> = {};
  let row = 0;
  for (const [at, path] of paths.entries()) {
    const own = outputs[at] as number;
    const part = b.subarray(row * rank, (row + own) * rank); // [O, r]
    row += own;
    if (paths.length > 1 && part.every((value) => value === 0)) continue;
    arrays[`${path}.a`] = { dtype: "F32", shape: [inputs, rank], data: low };
    arrays[`${path}.b`] = { dtype: "F32", shape: [rank, own], data: transpose(part, own, rank) };
  }
  return arrays;
}
