import { type FileChunks, float32Of, type NamedArray, type NamedArrays, safetensorsParts } from "@trivium/checkpoint";
import type { Lora } from "@trivium/model";
import type { FamilyRequest } from "./choose-family.ts";
import { refusing } from "./foreign-config.ts";
import { jsonFile } from "./json-file.ts";
import { type PeftModule, peftModules } from "./peft-modules.ts";
import { ADAPTER_CONFIG, ADAPTER_PREFIX, ADAPTER_STEM } from "./peft-names.ts";
import { transpose } from "./transform.ts";

export interface ExportPeftOptions extends FamilyRequest {
  readonly adapter: Lora & {
    /** A and B by the path of their matrix: `tokens.layers.0.self.query.weight.a`, `[I, r]`, and `.b`, `[r, O]`. */
    readonly arrays: NamedArrays;
  };
  /** The name of the model that is adapted, as PEFT finds it. */
  readonly base: string;
}

/**
 * Returns adapters as a folder that PEFT loads: `adapter_config.json` and `adapter_model.safetensors`.
 *
 * Projections that are joined there (GPT-2's `c_attn`) become one module whose rank is the sum of theirs; modules of a
 * smaller rank are filled with zeros, since one rank is written for all.
 *
 * @throws {CheckpointError} `pretrained/adapter` for adapters of tables, which PEFT keeps in another way;
 *   `pretrained/export` if no family can say the model.
 * @source Names of PEFT 0.21, https://huggingface.co/docs/peft/developer_guides/checkpoint
 * @example await writeFiles("adapter", exportPeft({ model, families, adapter, base: "gpt2" }));
 */
export function exportPeft({ adapter, base, ...request }: ExportPeftOptions): FileChunks[] {
  const { rank, alpha, targets } = adapter;
  const { modules, tables, taskType } = peftModules(request);
  const table = targets.find((path) => tables.includes(path));
  if (table !== undefined) {
    const problem = `${table} is a table, for which PEFT has another form; adapt linear maps alone, or export merged weights`;
    refusing("export", "adapter")(problem);
  }
  const adapted = modules.filter(({ paths }) => paths.some((path) => targets.includes(path)));
  const blocks = Math.max(...adapted.map(({ paths }) => paths.filter((path) => targets.includes(path)).length));
  const whole = rank * blocks;
  const config = {
    peft_type: "LORA",
    task_type: taskType,
    base_model_name_or_path: base,
    r: whole,
    // The factor α/r stays.
    lora_alpha: alpha * blocks,
    lora_dropout: 0,
    target_modules: adapted.map(({ names: [name] }) => name),
    fan_in_fan_out: !adapted.every(({ isLinear }) => isLinear),
    bias: "none",
    use_rslora: false,
    use_dora: false,
    init_lora_weights: true,
    inference_mode: true,
  };
  const arrays = Object.fromEntries(adapted.flatMap((module) => arraysOf(module, adapter, whole)));
  return [
    ...safetensorsParts(arrays, { stem: ADAPTER_STEM, metadata: { format: "pt" } }),
    jsonFile(ADAPTER_CONFIG, config),
  ];
}

/** A `[R, I]` and B `[O, R]` of a module; matrices that stand side by side have rows of A and columns of B of their own. */
function arraysOf(
  { names: [name], paths, inputs, outputs }: PeftModule,
  { rank, targets, arrays }: ExportPeftOptions["adapter"],
  whole: number,
): [string, NamedArray][] {
  const height = outputs.reduce((sum, own) => sum + own, 0);
  const [a, b] = [new Float32Array(whole * inputs), new Float32Array(height * whole)];
  let [block, row] = [0, 0];
  for (const [at, path] of paths.entries()) {
    const own = outputs[at] as number;
    if (targets.includes(path)) {
      const [low, high] = [`${path}.a`, `${path}.b`].map((part) => float32Of(arrays[part] as NamedArray, part));
      a.set(transpose(low as Float32Array, inputs, rank), block * rank * inputs);
      const turned = transpose(high as Float32Array, rank, own);
      for (let line = 0; line < own; line++) {
        b.set(turned.subarray(line * rank, (line + 1) * rank), (row + line) * whole + block * rank);
      }
      block++;
    }
    row += own;
  }
  return [
    [`${ADAPTER_PREFIX}${name}.lora_A.weight`, { dtype: "F32", shape: [whole, inputs], data: a }],
    [`${ADAPTER_PREFIX}${name}.lora_B.weight`, { dtype: "F32", shape: [height, whole], data: b }],
  ];
}
