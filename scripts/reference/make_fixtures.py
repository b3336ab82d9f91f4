"""Tiny random checkpoints of every configuration corner, with what transformers computes with them. See README.md."""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MarianConfig,
    MarianMTModel,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

torch.set_num_threads(1)
VOCABULARY = 37
END = 3
LLAMA = dict(
    vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=END, pad_token_id=0,
)
GPT2 = dict(
    vocab_size=VOCABULARY, n_positions=64, n_embd=16, n_layer=2, n_head=2, bos_token_id=END, eos_token_id=END,
    resid_pdrop=0, embd_pdrop=0, attn_pdrop=0,
)
T5 = dict(
    vocab_size=VOCABULARY, d_model=16, d_kv=6, d_ff=24, num_layers=3, num_decoder_layers=2, num_heads=2,
    relative_attention_num_buckets=8, relative_attention_max_distance=12, dropout_rate=0, decoder_start_token_id=0,
    pad_token_id=0, eos_token_id=END,
)
BART = dict(
    vocab_size=VOCABULARY, max_position_embeddings=64, d_model=16, encoder_layers=2, encoder_ffn_dim=24,
    encoder_attention_heads=2, decoder_layers=1, decoder_ffn_dim=24, decoder_attention_heads=2, dropout=0,
    pad_token_id=1, bos_token_id=0, eos_token_id=END, forced_eos_token_id=END, decoder_start_token_id=END,
)

YARN = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, original_max_position_embeddings=16)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=5000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=16,
)

CORNERS = {
    "gpt2": (GPT2LMHeadModel, GPT2Config(**GPT2)),
    "gpt2-untied-relu": (
        GPT2LMHeadModel,
        GPT2Config(**{**GPT2, "n_inner": 20, "activation_function": "relu"}, tie_word_embeddings=False, layer_norm_epsilon=1e-3),
    ),
    "llama": (LlamaForCausalLM, LlamaConfig(**LLAMA)),
    "llama3-biases-tied": (
        LlamaForCausalLM,
        LlamaConfig(**LLAMA, rope_parameters=LLAMA3, attention_bias=True, mlp_bias=True, tie_word_embeddings=True),
    ),
    "llama-linear": (
        LlamaForCausalLM,
        LlamaConfig(**{**LLAMA, "num_key_value_heads": 1}, head_dim=6, rope_parameters=dict(rope_type="linear", rope_theta=1e4, factor=2.5)),
    ),
    "mistral-window": (MistralForCausalLM, MistralConfig(**LLAMA, sliding_window=4)),
    "qwen2-window-yarn": (
        Qwen2ForCausalLM,
        Qwen2Config(**LLAMA, use_sliding_window=True, sliding_window=5, max_window_layers=1, rope_parameters=YARN),
    ),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**LLAMA, head_dim=8, tie_word_embeddings=True)),
    "t5-v1_0": (T5ForConditionalGeneration, T5Config(**T5)),
    "t5-v1_1": (
        T5ForConditionalGeneration,
        T5Config(**T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    ),
    "bart": (BartForConditionalGeneration, BartConfig(**BART)),
    "bart-scaled-forced": (
        BartForConditionalGeneration,
        BartConfig(**{**BART, "activation_function": "gelu_new"}, scale_embedding=True),
    ),
    "marian": (MarianMTModel, MarianConfig(**{**BART, "activation_function": "swish"}, scale_embedding=True)),
}

# What generation begins with: BART's summarisers.
FORCED_FIRST = {"bart-scaled-forced": 0}

# Saved in parts, as bfloat16: the outputs are those of the rounded weights.
IN_PARTS = "llama-linear"


def draw(model, generator):
    """Larger weights than those of a start of training, so that every part of the model shows in the numbers."""
    fixed = [name for name, _ in model.named_parameters() if "embed_positions" in name and model.config.model_type == "marian"]
    for name, parameter in model.named_parameters():
        if name in fixed:
            continue
        noise = torch.randn(parameter.shape, generator=generator)
        is_gain = parameter.dim() == 1 and name.endswith("weight")
        scale = 0.1 if parameter.dim() == 1 else 0.5
        parameter.data = (1.0 if is_gain else 0.0) + scale * noise
    if hasattr(model, "final_logits_bias"):
        model.final_logits_bias.data = torch.randn(model.final_logits_bias.shape, generator=generator)
    model.tie_weights()


def rounded(values):
    return [rounded(value) for value in values] if isinstance(values, list) else float(f"{values:.8g}")


def listed(tensor):
    return rounded(tensor.detach().float().tolist())


def outputs(model, generator):
    is_pair = model.config.is_encoder_decoder
    length = 17
    ids = torch.randint(4, VOCABULARY, (1, length), generator=generator)
    source = torch.randint(4, VOCABULARY, (1, 13), generator=generator)
    start = torch.tensor([[model.config.decoder_start_token_id]]) if is_pair else None
    inputs = dict(input_ids=source, decoder_input_ids=torch.cat([start, ids[:, :-1]], 1)) if is_pair else dict(input_ids=ids)
    result = model(**inputs, output_hidden_states=True)
    logits = result.logits
    predicted, labels = (logits, ids) if is_pair else (logits[:, :-1], ids[:, 1:])
    loss = torch.nn.functional.cross_entropy(predicted.reshape(-1, VOCABULARY), labels.reshape(-1))
    loss.backward()
    gradients = {name: parameter.grad.contiguous() for name, parameter in model.named_parameters() if parameter.grad is not None}
    hidden = (
        {"source": result.encoder_hidden_states, "target": result.decoder_hidden_states}
        if is_pair
        else {"tokens": result.hidden_states}
    )
    expected = dict(
        by=f"transformers {transformers.__version__}, torch {torch.__version__}, float32, one thread, eager attention",
        source=source[0].tolist() if is_pair else None,
        ids=inputs["decoder_input_ids"][0].tolist() if is_pair else ids[0].tolist(),
        logits=listed(logits[0]),
        hidden={stream: [listed(states[0]) for states in layers] for stream, layers in hidden.items()},
        labels=labels[0].tolist(),
        loss=float(loss),
    )
    if not is_pair:
        expected["prefix"] = under_prefix(model, ids, 6)
    expected["answers"] = answers(model, source if is_pair else ids[:, :5])
    return expected, gradients


def under_prefix(model, ids, prefix):
    """The first positions see one another; the mask is given as a whole."""
    length = ids.shape[1]
    visible = torch.ones(length, length).tril().bool()
    visible[:, :prefix] |= torch.arange(length)[:, None] < prefix
    window = getattr(model.config, "sliding_window", None)
    if window is not None:
        return None
    mask = torch.where(visible, 0.0, torch.finfo(torch.float32).min)[None, None]
    positions = torch.arange(length)[None]
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    return dict(length=prefix, logits=listed(logits[0]))


def answers(model, prompt):
    ways = {
        "greedy": dict(num_beams=1),
        "beam": dict(num_beams=3, length_penalty=1.0),
        "beam-long-early": dict(num_beams=4, length_penalty=2.0, early_stopping=True),
        "beam-short-never": dict(num_beams=2, length_penalty=-1.0, early_stopping="never"),
    }
    found = {}
    for name, way in ways.items():
        ids = model.generate(prompt, attention_mask=torch.ones_like(prompt), do_sample=False, max_new_tokens=9, **way)[0]
        given = 1 if model.config.is_encoder_decoder else prompt.shape[1]
        found[name] = dict(ids=ids.tolist()[given:], options=way)
    return dict(prompt=prompt[0].tolist(), tokens=9, found=found)


def main(folder):
    for number, (name, (kind, config)) in enumerate(CORNERS.items()):
        generator = torch.Generator().manual_seed(100 + number)
        config._attn_implementation = "eager"
        model = kind(config).eval()
        draw(model, generator)
        model.generation_config.forced_bos_token_id = FORCED_FIRST.get(name)
        if name == IN_PARTS:
            model = model.to(torch.bfloat16)
        target = folder / name
        model.save_pretrained(target, max_shard_size=4000 if name == IN_PARTS else "5GB")
        model = kind.from_pretrained(target, dtype=torch.float32, attn_implementation="eager").eval()
        expected, gradients = outputs(model, generator)
        save_file(gradients, target / "gradients.safetensors")
        (target / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")
        print(name, sum(path.stat().st_size for path in target.iterdir()))


main(Path(sys.argv[1]))
