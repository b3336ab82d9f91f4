"""PyTorch peer of `trivium bench run`: trains one architecture on CMUdict, and decodes held-out words once.

Usage: python3 torch_run.py JSON, with architecture, words, width, layers, heads, batch, learningRate, decoded, precision
(f32, or bf16 for autocast), threads and dictionary, the path of CMUdict's dict.txt. Tries eager and fused AdamW, says when
it is ready with the faster of them, and goes on with it: runs with each line of standard input as seed, and prints
seconds, trainSeconds, per and wer.
"""
import hashlib
import json
import math
import random
import re
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

settings = json.loads(sys.argv[1])
architecture, rate = settings["architecture"], settings["learningRate"]
words, width, layers, heads, batch = (settings[name] for name in ("words", "width", "layers", "heads", "batch"))
two_streams = architecture == "encoder-decoder"
torch.set_num_threads(settings["threads"])

lexicon = {}
with open(settings["dictionary"], encoding="latin1") as dictionary:
    for line in dictionary:
        entry = re.match(r"^([A-Z']+)(?:\(\d+\))?  (.*)$", line.rstrip("\n"))
        if entry:
            lexicon.setdefault(entry[1], []).append(re.sub(r"\d", "", entry[2]).split())
ordered = sorted(lexicon, key=lambda word: hashlib.sha256(word.encode()).hexdigest())
train, test = ordered[:-14670], ordered[-12000:][: settings["decoded"]]
letters = sorted({letter for word in lexicon for letter in word})
phones = sorted({phone for all_phones in lexicon.values() for one in all_phones for phone in one})
PAD, BOS, EOS = 0, 1, 3
letter_ids = {letter: 4 + index for index, letter in enumerate(letters)}
phone_ids = {phone: 4 + len(letters) + index for index, phone in enumerate(phones)}
vocabulary = 4 + len(letters) + len(phones)
POSITIONS, LONGEST_ANSWER = 80, 24


def split_heads(z):
    return z.view(z.shape[0], z.shape[1], heads, -1).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.kv, self.out = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)

    def forward(self, x, y, visible):
        q, (k, v) = split_heads(self.q(x)), map(split_heads, self.kv(y).split(width, 2))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        return self.out(mixed.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, cross):
        super().__init__()
        self.attention, self.norm1, self.norm2 = Attention(), nn.LayerNorm(width), nn.LayerNorm(width)
        self.cross, self.norm3 = (Attention(), nn.LayerNorm(width)) if cross else (None, None)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, visible, memory=None, memory_visible=None):
        z = self.norm1(x)
        x = x + self.attention(z, z, visible)
        if self.cross is not None:
            x = x + self.cross(self.norm3(x), memory, memory_visible)
        return x + self.mlp(self.norm2(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.source_at, self.target_at = nn.Embedding(POSITIONS, width), nn.Embedding(POSITIONS, width)
        for table in (self.tokens, self.source_at, self.target_at):
            nn.init.normal_(table.weight, 0, 0.02)
        self.encoder = nn.ModuleList(Block(False) for _ in range(layers)) if two_streams else None
        self.encoder_norm = nn.LayerNorm(width) if two_streams else None
        self.blocks = nn.ModuleList(Block(two_streams) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, source, target):
        b, s, t = source.shape[0], source.shape[1], target.shape[1]
        real, x = source != PAD, self.tokens(source) + self.source_at(torch.arange(s))
        y = self.tokens(target) + self.target_at(torch.arange(t))
        if two_streams:
            for block in self.encoder:
                x = block(x, real[:, None, None, :])
            memory, causal = self.encoder_norm(x), torch.ones(t, t, dtype=torch.bool).tril()[None, None]
            for block in self.blocks:
                y = block(y, causal, memory, real[:, None, None, :])
        else:
            visible = torch.ones(s + t, s + t, dtype=torch.bool).tril()
            if architecture == "prefix":
                visible[:s, :s] = True
            visible = visible[None] & torch.cat([real, torch.ones(b, t, dtype=torch.bool)], 1)[:, None, :]
            visible = (visible | torch.eye(s + t, dtype=torch.bool)[None])[:, None]
            z = torch.cat([x, y], 1)
            for block in self.blocks:
                z = block(z, visible)
            y = z[:, s:]
        return self.norm(y) @ self.tokens.weight.T


def padded(rows):
    longest = max(map(len, rows))
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[:], i
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
    return row[-1]


def train_model(fused, steps):
    model = Model()
    optimiser = torch.optim.AdamW(model.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.01, fused=fused)
    warmup, order, at = max(50, steps // 10), train[:], 0
    random.shuffle(order)
    for step in range(steps):
        if at + batch > len(order):
            random.shuffle(order)
            at = 0
        chosen, at = order[at : at + batch], at + batch
        source = padded([[letter_ids[letter] for letter in word] for word in chosen])
        targets = [[phone_ids[phone] for phone in lexicon[word][0]] for word in chosen]
        progress = max(0, step - warmup) / max(1, steps - warmup)
        decay = 0.5 * (1 + math.cos(math.pi * progress)) + 0.02
        for group in optimiser.param_groups:
            group["lr"] = rate * min((step + 1) / warmup, decay)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings["precision"] == "bf16"):
            logits = model(source, padded([[BOS] + row for row in targets]))
        expected = padded([row + [EOS] for row in targets]).flatten()
        loss = F.cross_entropy(logits.float().flatten(0, 1), expected, ignore_index=PAD)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return model


def evaluate(model):
    model.eval()
    errors = length = wrong = 0
    with torch.no_grad():
        for first in range(0, len(test), 250):
            chosen = test[first : first + 250]
            source = padded([[letter_ids[letter] for letter in word] for word in chosen])
            out = torch.full((len(chosen), 1), BOS)
            for _ in range(LONGEST_ANSWER):
                out = torch.cat([out, model(source, out)[:, -1].argmax(-1, keepdim=True)], 1)
            for word, row in zip(chosen, out[:, 1:].tolist()):
                row = row[: row.index(EOS)] if EOS in row else row
                references = ([phone_ids[phone] for phone in one] for one in lexicon[word])
                edits, size = min((distance(row, reference), len(reference)) for reference in references)
                errors, length, wrong = errors + edits, length + size, wrong + (edits > 0)
    return {"per": errors / length, "wer": wrong / len(test)}


def seconds_of(fused, steps):
    start = time.perf_counter()
    train_model(fused, steps)
    return time.perf_counter() - start


# Without torch.compile: each batch has a length of its own, and each length would be compiled.
seconds_of(False, 20)
ways = {way: seconds_of(way == "fused AdamW", 40) for way in ("eager", "fused AdamW")}
way = min(ways, key=ways.get)
print(json.dumps({"peer": f"torch {torch.__version__}", "way": way}), flush=True)
for line in sys.stdin:
    torch.manual_seed(int(line))
    random.seed(int(line))
    start = time.perf_counter()
    model = train_model(way == "fused AdamW", words // batch)
    trained = time.perf_counter() - start
    rates = evaluate(model)
    print(json.dumps({**rates, "trainSeconds": trained, "seconds": time.perf_counter() - start}), flush=True)
