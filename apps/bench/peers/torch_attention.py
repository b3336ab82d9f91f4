"""PyTorch peer of `trivium bench attention`: `scaled_dot_product_attention`, forward and backward.

Usage: python3 torch_attention.py JSON, with batch, heads, length, width (of all heads together), precision (f32 or bf16),
threads, and the keys that each query sees: starts and ends, int32 differences from query to query, deflated, in base64.
Where that is every key there is no mask, where it is the past it is `is_causal`, else a matrix of booleans. Says when it
is ready; then works as often as each line of standard input says, and prints the seconds.
"""
import base64
import json
import sys
import time
import zlib

import torch
import torch.nn.functional as F

settings = json.loads(sys.argv[1])
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
dtype = torch.bfloat16 if settings["precision"] == "bf16" else torch.float32
batch, heads, length, width = (settings[name] for name in ("batch", "heads", "length", "width"))


def positions(name):
    return torch.frombuffer(bytearray(zlib.decompress(base64.b64decode(settings[name]))), dtype=torch.int32).cumsum(0)


starts, ends = positions("starts"), positions("ends")
keys = torch.arange(length)
full = bool((starts == 0).all() and (ends == length).all())
causal = not full and bool((starts == 0).all() and (ends == keys + 1).all())
mask = None if full or causal else (keys >= starts[:, None]) & (keys < ends[:, None])
way = "is_causal" if causal else "no mask" if full else "attn_mask"
inputs = [torch.rand(batch, length, width).to(dtype).requires_grad_() for _ in range(3)]
gradient = torch.rand(batch, length, width).to(dtype)


def split_heads(x):
    return x.view(batch, length, heads, width // heads).transpose(1, 2)


def attend():
    output = F.scaled_dot_product_attention(*map(split_heads, inputs), attn_mask=mask, is_causal=causal)
    return torch.autograd.grad(output.transpose(1, 2).reshape(batch, length, width), inputs, gradient)


print(json.dumps({"peer": f"torch {torch.__version__}", "way": way}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        attend()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
