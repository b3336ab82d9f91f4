"""What the logits processors of transformers make of random scores. See README.md."""

import json
import math
import sys
from pathlib import Path

import torch
import transformers
from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel
from transformers.generation import logits_process as reference

torch.set_num_threads(1)
VOCABULARY = 23
END = 3
PROMPT = [5, 7, 5, 9, 7]
ANSWERS = [[], [5], [5, 7], [5, 7, 5], [5, 7, 5, 9, 11, 5]]
SOURCE = [4, 5, 7, 11, 5, 9]
ROOM = 7
FULL = len(PROMPT) + ROOM

# Our name and options; the reference's processor.
PROCESSORS = [
    ("temperature", dict(temperature=0.7), reference.TemperatureLogitsWarper(0.7)),
    ("top-k", dict(k=4), reference.TopKLogitsWarper(4)),
    ("top-p", dict(p=0.6), reference.TopPLogitsWarper(0.6)),
    ("min-p", dict(p=0.2), reference.MinPLogitsWarper(0.2)),
    ("typical-p", dict(p=0.4), reference.TypicalLogitsWarper(0.4)),
    ("typical-p", dict(p=0.9), reference.TypicalLogitsWarper(0.9)),
    ("repetition-penalty", dict(penalty=1.3), reference.RepetitionPenaltyLogitsProcessor(1.3)),
    ("repetition-penalty", dict(penalty=0.8), reference.RepetitionPenaltyLogitsProcessor(0.8)),
    ("no-repeat-n-gram", dict(size=1), reference.NoRepeatNGramLogitsProcessor(1)),
    ("no-repeat-n-gram", dict(size=2), reference.NoRepeatNGramLogitsProcessor(2)),
    ("no-repeat-n-gram", dict(size=3), reference.NoRepeatNGramLogitsProcessor(3)),
    ("no-repeat-source-n-gram", dict(size=2), reference.EncoderNoRepeatNGramLogitsProcessor(2, torch.tensor([SOURCE]))),
    ("no-repeat-source-n-gram", dict(size=3), reference.EncoderNoRepeatNGramLogitsProcessor(3, torch.tensor([SOURCE]))),
    (
        "forbidden-words",
        dict(words=[[8], [END], [7, 5], [9, 11, 5, 6], [5, 7, 5, 9, 7, 5, 12]]),
        reference.NoBadWordsLogitsProcessor([[8], [END], [7, 5], [9, 11, 5, 6], [5, 7, 5, 9, 7, 5, 12]], [END]),
    ),
    ("minimum-length", dict(length=7), reference.MinLengthLogitsProcessor(7, END)),
    ("minimum-length", dict(tokens=3), reference.MinNewTokensLengthLogitsProcessor(len(PROMPT), 3, END)),
    ("forced-tokens", dict(last=2), reference.ForcedEOSTokenLogitsProcessor(FULL, 2)),
    ("suppressed-tokens", dict(ids=[4, 6]), reference.SuppressTokensLogitsProcessor([4, 6])),
    ("suppressed-tokens", dict(first=[2], at=0), reference.SuppressTokensAtBeginLogitsProcessor([2], len(PROMPT))),
    ("suppressed-tokens", dict(first=[2], at=1), reference.SuppressTokensAtBeginLogitsProcessor([2], len(PROMPT) + 1)),
]

# Several at once, in the reference's own order: its generation configuration, and ours in another order.
TOGETHER = dict(
    do_sample=True, temperature=1.5, top_k=9, top_p=0.85, min_p=0.02, typical_p=0.95, repetition_penalty=1.4,
    no_repeat_ngram_size=3, bad_words_ids=[[8], [5, 12]], min_new_tokens=2, suppress_tokens=[4], begin_suppress_tokens=[6],
    max_length=FULL, forced_eos_token_id=2,
)
OURS_TOGETHER = [
    ("typical-p", dict(p=0.95)), ("min-p", dict(p=0.02)), ("top-p", dict(p=0.85)), ("top-k", dict(k=9)),
    ("temperature", dict(temperature=1.5)), ("suppressed-tokens", dict(ids=[4], first=[6])), ("forced-tokens", dict(last=2)),
    ("minimum-length", dict(tokens=2)), ("forbidden-words", dict(words=[[8], [5, 12]])), ("no-repeat-n-gram", dict(size=3)),
    ("repetition-penalty", dict(penalty=1.4)),
]


def listed(scores):
    return [None if value == -math.inf else float(f"{value:.8g}") for value in scores.tolist()]


def main(target):
    generator = torch.Generator().manual_seed(7)
    scores = torch.tensor([[float(f"{value:.4g}") for value in (2 * torch.randn(VOCABULARY, generator=generator)).tolist()]])
    model = GPT2LMHeadModel(GPT2Config(vocab_size=VOCABULARY, n_positions=64, n_embd=4, n_layer=1, n_head=1))
    config = GenerationConfig(eos_token_id=END, **TOGETHER)
    model._prepare_special_tokens(config, False, device="cpu")
    together = model._get_logits_processor(config, input_ids_seq_length=len(PROMPT))
    ways = [([dict(name=name, options=options)], processor) for name, options, processor in PROCESSORS]
    ways.append(([dict(name=name, options=options) for name, options in OURS_TOGETHER], together))
    cases = [
        dict(processors=processors, expected=[listed(way(torch.tensor([PROMPT + answer]), scores.clone())[0]) for answer in ANSWERS])
        for processors, way in ways
    ]
    fixture = dict(
        by=f"transformers {transformers.__version__}, torch {torch.__version__}: scripts/reference/make_processors.py",
        scores=scores[0].tolist(), prompt=PROMPT, source=SOURCE, answers=ANSWERS, room=ROOM, end=END, cases=cases,
    )
    target.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(target.stat().st_size)


main(Path(sys.argv[1]))
