"""Answers of the fixtures' models by generation configurations with many attributes. See README.md."""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

torch.set_num_threads(1)
END = 3
WAYS = {
    "greedy": dict(repetition_penalty=1.5, no_repeat_ngram_size=2, min_new_tokens=6, suppress_tokens=[7, 12]),
    "greedy-begin": dict(begin_suppress_tokens=[9, 20, 31], bad_words_ids=[[8], [11], [END], [17, 4]], min_length=9),
    "beam": dict(num_beams=4, num_return_sequences=4, no_repeat_ngram_size=2, repetition_penalty=1.2, length_penalty=0.5),
    "beam-early": dict(num_beams=3, num_return_sequences=2, early_stopping=True, bad_words_ids=[[5, 6], [21]], length_penalty=2.0),
    "beam-never": dict(num_beams=3, num_return_sequences=3, early_stopping="never", min_length=8, length_penalty=1.5),
    "beam-heuristic": dict(num_beams=5, num_return_sequences=5, early_stopping=False, suppress_tokens=[END + 1], length_penalty=-0.7),
}
PAIR_WAYS = {
    "source": dict(num_beams=2, encoder_no_repeat_ngram_size=2, begin_suppress_tokens=[6, 7, 8], max_length=12),
    "forced": dict(num_beams=3, num_return_sequences=2, forced_bos_token_id=0, forced_eos_token_id=END, begin_suppress_tokens=[4, 5]),
}
FIXTURES = ["gpt2", "llama", "t5-v1_0", "bart-scaled-forced", "marian"]


def cut(ids):
    """Without the end, and what pads behind it."""
    return ids[: ids.index(END)] if END in ids else ids


def answers(model, prompt, way):
    options = dict(way) if "max_length" in way else dict(way, max_new_tokens=9)
    result = model.generate(
        prompt, attention_mask=torch.ones_like(prompt), pad_token_id=END, return_dict_in_generate=True, output_scores=True, **options
    )
    given = 1 if model.config.is_encoder_decoder else prompt.shape[1]
    found = dict(options=options, ids=[cut(ids[given:]) for ids in result.sequences.tolist()])
    if "num_beams" in way:
        found["scores"] = [float(f"{score:.7g}") for score in result.sequences_scores.tolist()]
    return found


def main(folder, target):
    models = {}
    for name in FIXTURES:
        kind = AutoModelForSeq2SeqLM if name in ("t5-v1_0", "bart-scaled-forced", "marian") else AutoModelForCausalLM
        model = kind.from_pretrained(folder / name, dtype=torch.float32, attn_implementation="eager").eval()
        prompt = torch.tensor([json.loads((folder / name / "expected.json").read_text())["answers"]["prompt"]])
        ways = {**WAYS, **PAIR_WAYS} if model.config.is_encoder_decoder else WAYS
        models[name] = dict(
            prompt=prompt[0].tolist(), found={way: answers(model, prompt, options) for way, options in ways.items()}
        )
    by = f"transformers {transformers.__version__}, torch {torch.__version__}: scripts/reference/make_answers.py"
    target.write_text(json.dumps(dict(by=by, models=models), separators=(",", ":")) + "\n")
    print(target.stat().st_size)


main(Path(sys.argv[1]), Path(sys.argv[2]))
