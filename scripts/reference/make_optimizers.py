"""A hundred updates of small parameters by the reference implementation of each optimiser. See README.md."""

import json
import math
import sys
from pathlib import Path

import torch
from lion_pytorch import Lion
from schedulefree import AdamWScheduleFree
from transformers.optimization import Adafactor

torch.set_default_dtype(torch.float64)
SHAPES = {"matrix": [4, 3], "stack": [2, 2, 3], "bias": [3], "scale": []}
STEPS = 100
SHOWN = [1, 2, 10, 30, 100]


def size(shape):
    return math.prod(shape)


def start(index, shape):
    values = [0.3 * math.cos(1.7 * at + index) for at in range(size(shape))]
    return torch.tensor(values).float().double().reshape(shape)


def gradient(index, shape, step):
    values = [math.sin(0.37 * step * (1 + 0.1 * at) + at + 2 * index) + 0.2 for at in range(size(shape))]
    return torch.tensor(values).float().double().reshape(shape)


def rate(step):
    """Warm-up over ten steps, then a slow fall, so that rates differ from step to step."""
    return 0.005 * min(1, step / 10) * (1 - step / 200)


def run(make, averages=False):
    leaves = {name: start(index, shape).requires_grad_() for index, (name, shape) in enumerate(SHAPES.items())}
    decaying = [leaf for leaf in leaves.values() if leaf.dim() > 1]
    others = [leaf for leaf in leaves.values() if leaf.dim() <= 1]
    optimizer = make(decaying, others)
    if averages:
        optimizer.train()
    shown = {}
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        for index, (name, leaf) in enumerate(leaves.items()):
            leaf.grad = gradient(index, SHAPES[name], step)
        optimizer.step()
        if step in SHOWN:
            flat = lambda: {name: [round(x, 9) for x in leaf.flatten().tolist()] for name, leaf in leaves.items()}
            shown[step] = {"parameters": flat()}
            if averages:
                optimizer.eval()
                shown[step]["averaged"] = flat()
                optimizer.train()
    return shown


def grouped(kind, decay, **options):
    def make(decaying, others):
        groups = [{"params": decaying, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
        return kind(groups, **options)

    return make


ADAFACTOR = {"relative_step": False, "warmup_init": False}
cases = [
    ("adam-w", {"beta2": 0.95, "weightDecay": 0.1}, grouped(torch.optim.AdamW, 0.1, lr=1, betas=(0.9, 0.95))),
    ("adafactor", {"weightDecay": 0}, grouped(Adafactor, 0, lr=1, scale_parameter=True, **ADAFACTOR)),
    (
        "adafactor",
        {"relative": False, "beta1": 0.9, "power": 0.7, "clip": 0.5, "weightDecay": 0.1},
        grouped(Adafactor, 0.1, lr=1, scale_parameter=False, beta1=0.9, decay_rate=-0.7, clip_threshold=0.5, **ADAFACTOR),
    ),
    ("lion", {"weightDecay": 0.1}, grouped(Lion, 0.1, lr=1)),
    ("lion", {"beta1": 0.95, "beta2": 0.98, "weightDecay": 0}, grouped(Lion, 0, lr=1, betas=(0.95, 0.98))),
    ("sgd", {"momentum": 0, "weightDecay": 0}, grouped(torch.optim.SGD, 0, lr=1)),
    ("sgd", {"momentum": 0.9, "weightDecay": 0.1}, grouped(torch.optim.SGD, 0.1, lr=1, momentum=0.9)),
    (
        "sgd",
        {"momentum": 0.95, "nesterov": True, "weightDecay": 0.1},
        grouped(torch.optim.SGD, 0.1, lr=1, momentum=0.95, nesterov=True),
    ),
    ("schedule-free-adam-w", {"weightDecay": 0}, grouped(AdamWScheduleFree, 0, lr=1)),
    (
        "schedule-free-adam-w",
        {"beta1": 0.95, "beta2": 0.98, "weightDecay": 0.1, "stepPower": 0.5, "ratePower": 1},
        grouped(AdamWScheduleFree, 0.1, lr=1, betas=(0.95, 0.98), r=0.5, weight_lr_power=1.0),
    ),
]
made = [
    {"optimizer": name, "options": options, "steps": run(make, averages=name.startswith("schedule-free"))}
    for name, options, make in cases
]
Path(sys.argv[1]).write_text(json.dumps(made, separators=(",", ":")) + "\n")
