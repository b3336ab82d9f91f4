"""PyTorch peer of `trivium bench decoding`: a token of each row against cached keys, by transformers.

Usage: python3 torch_decoding.py JSON, with vocabulary, length, batch, keys, tokens, width, layers, heads, keyValueHeads,
feedForward, style (gpt or llama), precision (f32, or bf16 for weights and states) and threads. Says when it is ready,
with the number of parameters; then runs as many tokens as each line of standard input says, and prints their seconds.
After `tokens` tokens the cache goes back to the prompt. With `tokens` 0 prompts are run instead, each anew.
"""
import json
import sys
import time

import torch
import transformers

from torch_decoding_model import model_of

settings = json.loads(sys.argv[1])
batch, keys, tokens = settings["batch"], settings["keys"], settings["tokens"]
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
model = model_of(settings).eval().to(torch.bfloat16 if settings["precision"] == "bf16" else torch.float32)
parameters = sum(p.numel() for p in model.parameters())
prompt = torch.ones(batch, keys, dtype=torch.long)
token = torch.ones(batch, 1, dtype=torch.long)

with torch.inference_mode():
    cache = model(prompt, use_cache=True, logits_to_keep=1).past_key_values
    run = 0
    ready = {"peer": f"torch {torch.__version__}", "parameters": parameters}
    print(json.dumps({**ready, "way": f"transformers {transformers.__version__}"}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            if tokens == 0:
                model(prompt, use_cache=True, logits_to_keep=1).logits.float().argmax(-1).tolist()
                continue
            if run == tokens:
                cache.crop(keys)
                run = 0
            logits = model(token, past_key_values=cache, use_cache=True).logits
            logits.float().argmax(-1).tolist()
            run += 1
        print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
