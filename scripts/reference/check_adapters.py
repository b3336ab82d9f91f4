"""Loads exported adapters with PEFT over the fixtures, and compares logits with those that PEFT's own gave. See README.md."""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

torch.set_num_threads(1)
fixtures, adapters, exported = map(Path, sys.argv[1:4])
for folder in sorted(exported.iterdir()):
    expected = json.loads((adapters / folder.name / "expected.json").read_text())
    is_pair = AutoConfig.from_pretrained(fixtures / folder.name).is_encoder_decoder
    kind = AutoModelForSeq2SeqLM if is_pair else AutoModelForCausalLM
    model = PeftModel.from_pretrained(kind.from_pretrained(fixtures / folder.name, attn_implementation="eager"), folder)
    ids = torch.tensor([expected["ids"]])
    inputs = dict(input_ids=torch.tensor([expected["source"]]), decoder_input_ids=ids) if is_pair else dict(input_ids=ids)
    with torch.no_grad():
        logits = model.eval()(**inputs).logits[0]
        merged = model.merge_and_unload()(**inputs).logits[0]
    worst = [(one - torch.tensor(expected["logits"])).abs().max().item() for one in (logits, merged)]
    print(f"{folder.name}: worst difference of a logit {worst[0]:.1e}, merged {worst[1]:.1e}")
    if max(worst) > 1e-4:
        sys.exit(1)
