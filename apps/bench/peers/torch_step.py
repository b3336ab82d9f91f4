"""PyTorch peer of `trivium bench step`: the same training step of the same model.

Usage: python3 torch_step.py JSON, with architecture, vocabulary, length, batch, width, layers, heads, precision (f32, or
bf16 for autocast) and threads. Tries eager, fused AdamW and torch.compile, and goes on with the fastest. Says when it is
ready, with the number of parameters and that way; then takes as many steps as each
line of standard input says, and prints their seconds.
"""
import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

settings = json.loads(sys.argv[1])
architecture, precision = settings["architecture"], settings["precision"]
vocabulary, length, batch, width, layers, heads = (
    settings[name] for name in ("vocabulary", "length", "batch", "width", "layers", "heads")
)
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
two_streams = architecture == "encoder-decoder"
source_length = 0 if architecture == "causal" else length // 2
target_length = length - source_length
# The last position of a prefix predicts what follows.
first_loss = source_length - 1 if architecture == "prefix" else 0


def attend(q, k, v, visible, causal):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=None if causal else visible, is_causal=causal)
    scores = (q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
    return (scores if visible is None else scores.masked_fill(~visible, float("-inf"))).softmax(-1) @ v


def split_heads(z):
    return z.view(z.shape[0], z.shape[1], heads, width // heads).transpose(1, 2)


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, visible, causal):
        q, k, v = map(split_heads, self.qkv(x).split(width, 2))
        return self.out(attend(q, k, v, visible, causal).transpose(1, 2).reshape(x.shape))


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.kv, self.out = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)

    def forward(self, x, memory):
        k, v = map(split_heads, self.kv(memory).split(width, 2))
        return self.out(attend(split_heads(self.q(x)), k, v, None, False).transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, cross):
        super().__init__()
        self.attention, self.norm1, self.norm2 = SelfAttention(), nn.LayerNorm(width), nn.LayerNorm(width)
        self.cross, self.norm3 = (CrossAttention(), nn.LayerNorm(width)) if cross else (None, None)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, visible, causal, memory=None):
        x = x + self.attention(self.norm1(x), visible, causal)
        if self.cross is not None:
            x = x + self.cross(self.norm3(x), memory)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Stack(nn.Module):
    def __init__(self, positions, cross=False):
        super().__init__()
        self.positions = nn.Embedding(positions, width)
        self.blocks = nn.ModuleList(Block(cross) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, x, visible, causal, memory=None):
        x = x + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            x = block(x, visible, causal, memory)
        return self.norm(x)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.encoder = Stack(source_length) if two_streams else None
        self.decoder = Stack(target_length if two_streams else length, cross=two_streams)
        self.head = nn.Linear(width, vocabulary, bias=False)
        size = target_length if two_streams else length
        visible = torch.ones(size, size, dtype=torch.bool).tril()
        if architecture == "prefix":
            visible[:source_length, :source_length] = True
        self.register_buffer("visible", visible)

    def forward(self, ids, targets):
        causal = architecture != "prefix"
        if two_streams:
            source, target = ids.split((source_length, target_length), 1)
            memory = self.encoder(self.tokens(source), None, False)
            x = self.decoder(self.tokens(target), self.visible, causal, memory)
        else:
            # Of a prefix no loss is taken, so its states need no logits.
            x = self.decoder(self.tokens(ids), self.visible, causal)[:, first_loss:]
        return F.cross_entropy(self.head(x).float().flatten(0, 1), targets.flatten())


model = Model()
ids = torch.randint(0, vocabulary, (batch, length))
targets = torch.randint(0, vocabulary, (batch, target_length if two_streams else length - first_loss))
parameters = sum(p.numel() for p in model.parameters())


def seconds_of(forward, optimiser, steps):
    start = time.perf_counter()
    for _ in range(steps):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            loss = forward(ids, targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return time.perf_counter() - start


# The fastest way of this machine: torch.compile needs a C++ compiler, and pays for large models alone.
ways = {}
for name, fused, compiled in (("eager", False, False), ("fused AdamW", True, False), ("torch.compile", True, True)):
    try:
        optimiser = torch.optim.AdamW(model.parameters(), 1e-3, fused=fused)
        forward = torch.compile(model) if compiled else model
        seconds_of(forward, optimiser, 2)
        ways[name] = (min(seconds_of(forward, optimiser, 1) for _ in range(3)), forward, optimiser)
    except Exception as error:
        print(f"{name}: {error}", file=sys.stderr)
way = min(ways, key=lambda name: ways[name][0])
_, forward, optimiser = ways[way]
print(json.dumps({"peer": f"torch {torch.__version__}", "parameters": parameters, "way": way}), flush=True)
for line in sys.stdin:
    print(json.dumps({"seconds": seconds_of(forward, optimiser, int(line))}), flush=True)
