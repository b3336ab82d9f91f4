"""Writes a model of `trivium bench decoding` for transformers.js, by the exporter torch.onnx, with its cache as inputs.

Usage: python3 onnx_export.py JSON, with folder, vocabulary, length, width, layers, heads, keyValueHeads, feedForward and
style (gpt or llama); or with folder and weights, the folder of a model that is there. Writes config.json where it is not
there, onnx/model.onnx (float32) and onnx/model_quantized.onnx, whose matrices ONNX Runtime's dynamic quantisation holds in 8 bits. Needs torch, transformers, onnx, onnxscript and onnxruntime.
"""
import json
import os
import sys

import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers.cache_utils import DynamicCache

from torch_decoding_model import model_of

settings = json.loads(sys.argv[1])
folder, given = settings["folder"], settings.get("weights")
torch.manual_seed(0)
model = (transformers.AutoModelForCausalLM.from_pretrained(given) if given else model_of(settings)).eval()
model.set_attn_implementation("eager")
config = model.config
layers, heads = config.num_hidden_layers, config.num_attention_heads
groups = getattr(config, "num_key_value_heads", heads)
width = config.hidden_size // heads


class Cached(torch.nn.Module):
    """The model with keys and values of each layer as tensors."""

    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, *past):
        cache = DynamicCache()
        for layer in range(layers):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, past_key_values=cache, use_cache=True)
        present = [tensor for layer in output.past_key_values.layers for tensor in (layer.keys, layer.values)]
        return (output.logits, *present)


held = 4
past = [torch.zeros(1, groups, held, width) for _ in range(2 * layers)]
inputs = (torch.ones(1, 2, dtype=torch.long), torch.ones(1, held + 2, dtype=torch.long), *past)
parts = [f"{layer}.{part}" for layer in range(layers) for part in ("key", "value")]
axes = {"input_ids": {0: "batch_size", 1: "sequence_length"}, "attention_mask": {0: "batch_size", 1: "total_length"}}
axes |= {f"past_key_values.{part}": {0: "batch_size", 2: "past_length"} for part in parts}
axes |= {f"present.{part}": {0: "batch_size", 2: "total_length"} for part in parts}
os.makedirs(f"{folder}/onnx", exist_ok=True)
whole = f"{folder}/onnx/model.onnx"
with torch.inference_mode():
    torch.onnx.export(
        Cached(), inputs, whole, dynamo=False, opset_version=17, dynamic_axes=axes,
        input_names=["input_ids", "attention_mask", *(f"past_key_values.{part}" for part in parts)],
        output_names=["logits", *(f"present.{part}" for part in parts)],
    )
quantize_dynamic(whole, f"{folder}/onnx/model_quantized.onnx", weight_type=QuantType.QInt8)
if not given:
    config.save_pretrained(folder)
print(json.dumps({"exporter": f"torch.onnx of torch {torch.__version__}", "transformers": transformers.__version__}))
