"""Loads exported folders with transformers, and compares their logits with those of the original folders. See README.md."""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

torch.set_num_threads(1)
exported, out = Path(sys.argv[1]), Path(sys.argv[2])
originals = [Path(folder) for folder in sys.argv[3:]]


def load(folder: Path):
    is_pair = AutoConfig.from_pretrained(folder).is_encoder_decoder
    kind = AutoModelForSeq2SeqLM if is_pair else AutoModelForCausalLM
    model, loading = kind.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True,
    )
    return model.eval(), loading, is_pair


results = []
for folder in sorted(exported.iterdir()):
    original = next(root / folder.name for root in originals if (root / folder.name).exists())
    (theirs, _, _), (ours, loading, is_pair) = load(original), load(folder)
    ids = torch.arange(10)[None] % theirs.config.vocab_size
    inputs = dict(input_ids=ids, decoder_input_ids=ids[:, :6]) if is_pair else dict(input_ids=ids)
    with torch.no_grad():
        worst = (ours(**inputs).logits - theirs(**inputs).logits).abs().max().item()
    strange = sorted(loading["missing_keys"]) + sorted(loading["unexpected_keys"])
    print(f"{folder.name}: {type(ours).__name__}, worst difference of a logit {worst:.1e}, strange keys {strange}")
    if worst > 1e-4 or strange:
        sys.exit(1)
    results.append({"name": folder.name, "class": type(ours).__name__, "worst": worst})
versions = {"torch": torch.__version__, "transformers": transformers.__version__}
out.write_text(json.dumps({"versions": versions, "models": results}, indent=1) + "\n")
