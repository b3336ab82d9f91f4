"""Small random adapters made by PEFT over the fixtures, and the logits that it computes with them. See README.md."""

import json
import sys
from pathlib import Path

import peft
import torch
import transformers
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

torch.set_num_threads(1)
fixtures, out = Path(sys.argv[1]), Path(sys.argv[2])

ADAPTERS = {
    "llama": dict(target_modules=["q_proj", "v_proj", "down_proj"]),
    "gpt2": dict(target_modules=["c_attn", "c_proj"], fan_in_fan_out=True, use_rslora=True),
    "t5-v1_1": dict(target_modules=["q", "v", "wi_0"]),
}

for name, options in ADAPTERS.items():
    generator = torch.Generator().manual_seed(3)
    expected = json.loads((fixtures / name / "expected.json").read_text())
    is_pair = AutoConfig.from_pretrained(fixtures / name).is_encoder_decoder
    kind, task = (AutoModelForSeq2SeqLM, "SEQ_2_SEQ_LM") if is_pair else (AutoModelForCausalLM, "CAUSAL_LM")
    base = kind.from_pretrained(fixtures / name, attn_implementation="eager")
    model = get_peft_model(base, LoraConfig(r=2, lora_alpha=3, task_type=task, **options)).eval()
    for path, parameter in sorted(model.named_parameters()):
        if "lora_" in path:
            parameter.data = 0.3 * torch.randn(parameter.shape, generator=generator)
    ids = torch.tensor([expected["ids"]])
    inputs = dict(input_ids=torch.tensor([expected["source"]]), decoder_input_ids=ids) if is_pair else dict(input_ids=ids)
    with torch.no_grad():
        logits = model(**inputs).logits[0]
    model.peft_config["default"].base_model_name_or_path = name
    model.save_pretrained(out / name)
    (out / name / "README.md").unlink(missing_ok=True)
    (out / name / "adapter_model.safetensors").chmod(0o644)
    by = f"peft {peft.__version__}, transformers {transformers.__version__}, torch {torch.__version__}, float32, one thread"
    rounded = [[float(f"{value:.8g}") for value in row] for row in logits.tolist()]
    text = json.dumps(dict(by=by, source=expected["source"], ids=expected["ids"], logits=rounded), separators=(",", ":"))
    (out / name / "expected.json").write_text(text + "\n")
    print(name, (out / name / "adapter_model.safetensors").stat().st_size)
