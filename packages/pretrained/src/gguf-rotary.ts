import type { GgufValue, TypedGgufValue } from "@trivium/checkpoint";
import { type ForeignConfig, refusing } from "./foreign-config.ts";

/** The tensor with what the frequencies of Llama 3's scaling are divided by, `[D/2]`. */
export const ROPE_FACTORS = "rope_freqs.weight";

/** Llama 3's own numbers, which a GGUF does not say. */
const llama3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };

interface Llama3 {
  readonly rope_theta: number;
  readonly factor: number;
  readonly low_freq_factor: number;
  readonly high_freq_factor: number;
  readonly original_max_position_embeddings: number;
}

/** A rotation as `rope_parameters` of a configuration that we write. */
interface Rotary extends Partial<Llama3> {
  readonly rope_type: string;
  readonly rope_theta: number;
  readonly beta_fast?: number | undefined;
  readonly beta_slow?: number | undefined;
  readonly truncate?: boolean | undefined;
  readonly attention_factor?: number | undefined;
}

/** The scaling of a rotation in a GGUF. */
export interface GgufRotary {
  /** Metadata behind the name of the architecture. */
  readonly values: Readonly<Record<string, TypedGgufValue>>;
  /** Llama 3's divisors of frequencies. Undefined where the metadata say all. */
  readonly factors?: Float32Array | undefined;
}

/** The amplitude that YaRN has by itself. */
const amplitudeOf = (factor: number): number => (factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1);

/**
 * Returns the scaling of a rotation as llama.cpp reads it.
 *
 * @throws {CheckpointError} `pretrained/export` for what llama.cpp does not compute.
 * @source `load_hparams` and `ggml_rope_yarn_corr_dims` of llama.cpp; `generate_extra_tensors` of its `convert_hf_to_gguf.py`
 */
export function ggufRotary(family: string, { rope_parameters, head_dim }: ForeignConfig): GgufRotary {
  const rotary = rope_parameters as Rotary;
  const { rope_type: type, factor = 1, original_max_position_embeddings: original = 0 } = rotary;
  const refuse = refusing("export", "export");
  if (type === "default") return { values: {} };
  const scaled = { "rope.scaling.type": ["string", type], "rope.scaling.factor": ["f32", factor] } as const;
  if (type === "linear") return { values: scaled };
  const length = { "rope.scaling.original_context_length": ["u32", original] } as const;
  if (type === "llama3") {
    if (family !== "llama")
      refuse(`llama.cpp has Llama 3's rotary scaling in llama alone, not in ${family}; export it as huggingface`);
    return { values: length, factors: factorsOf(rotary as Llama3, Number(head_dim)) };
  }
  const { beta_fast: fast = 32, beta_slow: slow = 1, truncate = true, attention_factor: amplitude } = rotary;
  if (!truncate)
    refuse("llama.cpp rounds YaRN's borders to whole dimensions, and this model does not; export it as huggingface");
  // For Llama and its kin it does not read them from a file.
  if (fast !== 32 || slow !== 1)
    refuse(
      `llama.cpp has YaRN's borders at 32 and 1 turns, and this model at ${fast} and ${slow}; export it as huggingface`,
    );
  const louder: GgufRotary["values"] =
    amplitude === undefined ? {} : { "rope.scaling.attn_factor": ["f32", amplitude / amplitudeOf(factor)] };
  return { values: { ...scaled, ...length, ...louder } };
}

/** Divisors of frequencies: 1 for the fast ones, the factor for the slow ones, and between them a blend. */
function factorsOf(rotary: Llama3, headWidth: number): Float32Array {
  const { rope_theta: base, factor, low_freq_factor: low, high_freq_factor: high } = rotary;
  return Float32Array.from({ length: headWidth / 2 }, (_, at) => {
    const wavelength = 2 * Math.PI * base ** ((2 * at) / headWidth);
    const turns = rotary.original_max_position_embeddings / wavelength;
    if (turns > high) return 1;
    if (turns < low) return factor;
    const blend = (turns - low) / (high - low);
    return 1 / ((1 - blend) / factor + blend);
  });
}

interface RotaryRequest {
  readonly own: (key: string) => GgufValue | undefined;
  /** The values of {@link ROPE_FACTORS}, where it is there. */
  readonly factors?: Float32Array | undefined;
  /** The place of the file in messages. */
  readonly place: string;
}

/** Returns the scaling of a GGUF's rotation as `rope_scaling`: the way back of {@link ggufRotary}. */
export function rotaryOfGguf({ own, factors, place }: RotaryRequest): ForeignConfig | undefined {
  const original = own("rope.scaling.original_context_length");
  if (factors) return llama3Of(factors, { own, place });
  const type = own("rope.scaling.type");
  if (type === undefined || type === "none") return undefined;
  const factor = own("rope.scaling.factor");
  if (type === "linear") return { rope_type: type, factor };
  const [beta_fast, beta_slow] = [own("rope.scaling.yarn_beta_fast"), own("rope.scaling.yarn_beta_slow")];
  const louder = own("rope.scaling.attn_factor");
  const attention_factor =
    typeof louder === "number" && louder !== 1 ? louder * amplitudeOf(Number(factor)) : undefined;
  const yarn = { rope_type: type, factor, original_max_position_embeddings: original };
  return { ...yarn, beta_fast, beta_slow, attention_factor };
}

function llama3Of(factors: Float32Array, { own, place }: Omit<RotaryRequest, "factors">): ForeignConfig {
  const base = own("rope.freq_base");
  const rotary = { ...llama3, rope_theta: typeof base === "number" ? base : 10_000, factor: Math.max(1, ...factors) };
  const given = own("rope.scaling.original_context_length");
  for (const original of [given, llama3.original_max_position_embeddings]) {
    if (typeof original !== "number") continue;
    const tried = { ...rotary, original_max_position_embeddings: original };
    const wanted = factorsOf(tried, 2 * factors.length);
    if (!factors.every((factor, at) => Math.abs(factor / (wanted[at] as number) - 1) < 1e-4)) continue;
    const { rope_theta, ...others } = tried;
    return { rope_type: "llama3", ...others };
  }
  return refusing(place)(
    `${ROPE_FACTORS} holds other factors than Llama 3's scaling has, which no family has here; take the model as safetensors`,
  );
}
