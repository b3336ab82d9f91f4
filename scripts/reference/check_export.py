"""Loads exported folders with transformers, and compares their logits with those that fixtures expect. See README.md."""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

torch.set_num_threads(1)
fixtures, exported = Path(sys.argv[1]), Path(sys.argv[2])
for folder in sorted(exported.iterdir()):
    expected = json.loads((fixtures / folder.name / "expected.json").read_text())
    is_pair = AutoConfig.from_pretrained(folder).is_encoder_decoder
    kind = AutoModelForSeq2SeqLM if is_pair else AutoModelForCausalLM
    model, loading = kind.from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
    ids = torch.tensor([expected["ids"]])
    inputs = dict(input_ids=torch.tensor([expected["source"]]), decoder_input_ids=ids) if is_pair else dict(input_ids=ids)
    with torch.no_grad():
        logits = model.eval()(**inputs).logits[0]
    worst = (logits - torch.tensor(expected["logits"])).abs().max().item()
    strange = sorted(loading["missing_keys"]) + sorted(loading["unexpected_keys"])
    print(f"{folder.name}: {type(model).__name__}, worst difference of a logit {worst:.1e}, strange keys {strange}")
    if worst > 1e-4:
        sys.exit(1)
