"""A GGUF file with a tensor of every type that is read, and their values as gguf-py dequantises them. See README.md."""

import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter
from gguf.quants import dequantize, quantize
from safetensors.numpy import load_file

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)
writer = GGUFWriter(folder / "types.gguf", "llama")
writer.add_uint32("one", 7)
writer.add_float32("half", 0.5)
writer.add_bool("yes", True)
writer.add_array("words", ["a", "é", ""])
writer.add_array("numbers", [1, -2, 3])
expected = {}
for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K"]:
    kind = GGMLQuantizationType[name]
    if name in ("F32", "F16"):
        data = random.normal(size=(2, 256)).astype(np.float32 if name == "F32" else np.float16)
        writer.add_tensor(name, data)
        expected[name] = data.astype(np.float32)
        continue
    values, size = GGML_QUANT_SIZES[kind]
    rows = random.integers(0, 256, size=(2, 256 // values * size), dtype=np.uint8)
    # Scales are halves that are neither infinite nor NaN.
    for place in {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q6_K": [208]}.get(name, []):
        for start in range(place, rows.shape[1], size):
            rows[:, start : start + 2] = random.normal(size=(2, 1)).astype(np.float16).view(np.uint8)
    if name == "BF16":
        rows = (random.normal(size=(2, 256)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    writer.add_tensor(name, rows, raw_dtype=kind)
    expected[name] = dequantize(rows, kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
np.concatenate([expected[name].reshape(-1) for name in expected]).astype("<f4").tofile(folder / "values.f32")
(folder / "names.json").write_text(json.dumps(list(expected)) + "\n")


def convert(source, target):
    """The fixture of a Llama-like model as a GGUF of float32, as llama.cpp's converter writes it."""
    config = json.loads((source / "config.json").read_text())
    arch, heads = config["model_type"], config["num_attention_heads"]
    writer = GGUFWriter(target, arch)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_tokenizer_model("llama")
    kinds = [2, 3, 3, 3] + [1] * (config["vocab_size"] - 4)
    writer.add_token_list(["<unk>", "<s>", "<pad>", "</s>"] + [f"▁{chr(97 + n % 26)}{n}" for n in range(config["vocab_size"] - 4)])
    writer.add_token_scores([0.0] * config["vocab_size"])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(3)
    names = {
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    }
    outer = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for name, data in load_file(source / "model.safetensors").items():
        stem, part = name.rsplit(".", 1)
        if stem in outer:
            writer.add_tensor(f"{outer[stem]}.{part}", data)
            continue
        _, _, layer, inner = stem.split(".", 3)
        rows = {"self_attn.q_proj": heads, "self_attn.k_proj": config["num_key_value_heads"]}.get(inner)
        if arch == "llama" and rows:
            data = data.reshape(rows, 2, data.shape[0] // rows // 2, *data.shape[1:]).swapaxes(1, 2).reshape(data.shape)
        writer.add_tensor(f"blk.{layer}.{names[inner]}.{part}", np.ascontiguousarray(data))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


# Values, and the bytes that the reference makes of them: of ordinary size, tiny, huge, halves between two, zeros.
rows = random.normal(size=(8, 64)).astype(np.float32)
rows[1] *= np.float32(1e-7)
rows[2] *= np.float32(3e4)
rows[3] = np.round(rows[3] * 127) / 2
rows[4, :32] = 0
rows[5] *= np.float32(2.0**-20)
quantised = {name: quantize(rows, GGMLQuantizationType[name]).tobytes().hex() for name in ("Q8_0", "BF16")}
quantised["F16"] = rows.astype(np.float16).tobytes().hex()
(folder / "quantised.json").write_text(json.dumps(dict(values=rows.tobytes().hex(), **quantised)) + "\n")

fixtures, converted = Path(sys.argv[2]), Path(sys.argv[3])
converted.mkdir(parents=True, exist_ok=True)
for name in ("llama", "qwen3"):
    convert(fixtures / name, converted / f"{name}.gguf")
