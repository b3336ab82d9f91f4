import { bart, marian } from "./families/bart.ts";
import { gpt2 } from "./families/gpt2.ts";
import { llama } from "./families/llama.ts";
import { mistral } from "./families/mistral.ts";
import { qwen2, qwen3 } from "./families/qwen.ts";
import { t5 } from "./families/t5.ts";
import { type PretrainedFamilyPlugin, pretrainedFamily } from "./pretrained-family.ts";

export type { ChatMessage, ChatTemplate } from "./chat-template.ts";
export { type ExportGgufOptions, exportGguf } from "./export-gguf.ts";
export { type ExportPeftOptions, exportPeft } from "./export-peft.ts";
export { type ExportedPretrained, type ExportPretrainedOptions, exportPretrained } from "./export-pretrained.ts";
export type { FamilyRecord, ReadingOptions, Refuse, TensorNames } from "./family-record.ts";
export type { ForeignConfig } from "./foreign-config.ts";
export type { FoundDefinition } from "./found-definition.ts";
export {
  CONFIG_NAME,
  GGUF_END,
  type OpenedPretrained,
  type OpenPretrainedOptions,
  openPretrained,
} from "./open-pretrained.ts";
export { ADAPTER_CONFIG } from "./peft-names.ts";
export {
  defineFamily,
  type PretrainedFamily,
  type PretrainedFamilyPlugin,
  pretrainedFamily,
} from "./pretrained-family.ts";
export type { GenerationDefaults, NamedPlugin } from "./read-generation.ts";
export { type ReadAdapter, type ReadPeftOptions, readPeft } from "./read-peft.ts";
export { type ReadTokenizer, type ReadTokenizerOptions, readTokenizer } from "./read-tokenizer.ts";
export { head, joined, layered, layersIn, linear, norm, type TensorMap, table } from "./tensor-map.ts";

const plugin = (family: typeof gpt2, description: string): PretrainedFamilyPlugin =>
  pretrainedFamily(family.name, family, { description });

/** The families of this package, for a registry. */
export const pretrainedPlugins = [
  plugin(gpt2, "GPT-2."),
  plugin(llama, "Llama 2 and 3, SmolLM."),
  plugin(mistral, "Mistral."),
  plugin(qwen2, "Qwen 2 and 2.5."),
  plugin(qwen3, "Qwen 3."),
  plugin(t5, "T5 v1.0 and v1.1, FLAN-T5."),
  plugin(bart, "BART."),
  plugin(marian, "Marian, the translators of OPUS-MT."),
] as const;
