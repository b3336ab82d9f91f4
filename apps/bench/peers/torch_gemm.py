"""PyTorch peer of `trivium bench gemm`: one matrix product.

Usage: python3 torch_gemm.py JSON, with m, n, k, transposeA, transposeB, precision (f32 or bf16) and threads. Says when it
is ready; then multiplies as often as each line of standard input says, and prints the seconds.
"""
import json
import sys
import time

import torch

settings = json.loads(sys.argv[1])
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
dtype = torch.bfloat16 if settings["precision"] == "bf16" else torch.float32
m, n, k = settings["m"], settings["n"], settings["k"]
a = (torch.rand(k, m).T if settings["transposeA"] else torch.rand(m, k)).to(dtype)
b = (torch.rand(n, k).T if settings["transposeB"] else torch.rand(k, n)).to(dtype)
print(json.dumps({"peer": f"torch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        torch.matmul(a, b)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
