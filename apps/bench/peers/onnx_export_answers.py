"""Writes an encoder and a decoder of T5's layers for `trivium bench answers`, by the exporter torch.onnx.

Usage: python3 onnx_export_answers.py JSON, with folder, vocabulary, width, layers, heads and feedForward. encoder.onnx gives
the keys and values that cross-attention reads; decoder.onnx takes them, one token, and the keys and values so far. Files
with _quantized hold matrices in 8 bits by ONNX Runtime's dynamic quantisation. Needs torch, transformers, onnx and
onnxruntime.
"""
import json
import os
import sys

import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers.cache_utils import DynamicCache, EncoderDecoderCache

settings = json.loads(sys.argv[1])
folder, layers, width, heads = (settings[name] for name in ("folder", "layers", "width", "heads"))
torch.manual_seed(0)
model = transformers.T5ForConditionalGeneration(
    transformers.T5Config(
        vocab_size=settings["vocabulary"], d_model=width, d_kv=width // heads, d_ff=settings["feedForward"],
        num_layers=layers, num_heads=heads,
    )
).eval()
model.set_attn_implementation("eager")


class Encoder(torch.nn.Module):
    """The source to keys and values of each layer's cross-attention."""

    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        states = self.model.encoder(input_ids=input_ids).last_hidden_state
        crossed = []
        for block in self.model.decoder.block:
            attention = block.layer[1].EncDecAttention
            for part in (attention.k, attention.v):
                crossed.append(part(states).view(1, -1, heads, width // heads).transpose(1, 2))
        return tuple(crossed)


class Decoder(torch.nn.Module):
    """One token against keys and values."""

    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, input_ids, *held):
        crossed, past = held[: 2 * layers], held[2 * layers :]
        own, other = DynamicCache(), DynamicCache()
        for layer in range(layers):
            own.update(past[2 * layer], past[2 * layer + 1], layer)
            other.update(crossed[2 * layer], crossed[2 * layer + 1], layer)
        cache = EncoderDecoderCache(own, other)
        cache.is_updated = {layer: True for layer in range(layers)}
        # Its keys and values are held; its length alone is read.
        source = torch.zeros(1, crossed[0].shape[2], width)
        states = self.model.decoder(
            input_ids=input_ids, encoder_hidden_states=source, past_key_values=cache, use_cache=True
        ).last_hidden_state
        logits = self.model.lm_head(states * width**-0.5)
        present = [tensor for layer in own.layers for tensor in (layer.keys, layer.values)]
        return (logits, *present)


def write(module, part, inputs, names, outputs, axes):
    whole = f"{folder}/{part}.onnx"
    with torch.inference_mode():
        torch.onnx.export(
            module, inputs, whole, dynamo=False, opset_version=17, input_names=names, output_names=outputs,
            dynamic_axes=axes,
        )
    quantize_dynamic(whole, f"{folder}/{part}_quantized.onnx", weight_type=QuantType.QInt8)


os.makedirs(folder, exist_ok=True)
parts = [f"{layer}.{part}" for layer in range(layers) for part in ("key", "value")]
crossed, past, present = ([f"{kind}.{part}" for part in parts] for kind in ("cross", "past", "present"))
axes = {name: {2: "source"} for name in crossed} | {name: {2: "past"} for name in past}
axes |= {name: {2: "total"} for name in present}
tensors = [torch.zeros(1, heads, length, width // heads) for length in (8, 4) for _ in parts]
write(Encoder(), "encoder", (torch.ones(1, 8, dtype=torch.long),), ["input_ids"], crossed, axes | {"input_ids": {1: "source"}})
write(Decoder(), "decoder", (torch.ones(1, 1, dtype=torch.long), *tensors), ["input_ids", *crossed, *past], ["logits", *present], axes)
model.config.save_pretrained(folder)
