"""A GGUF file with a tensor of every type that is read, and their values as gguf-py dequantises them. See README.md."""

import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter
from gguf.quants import dequantize

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)
writer = GGUFWriter(folder / "types.gguf", "llama")
writer.add_uint32("one", 7)
writer.add_float32("half", 0.5)
writer.add_bool("yes", True)
writer.add_array("words", ["a", "é", ""])
writer.add_array("numbers", [1, -2, 3])
expected = {}
for name in ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q6_K"]:
    kind = GGMLQuantizationType[name]
    if name in ("F32", "F16"):
        data = random.normal(size=(2, 256)).astype(np.float32 if name == "F32" else np.float16)
        writer.add_tensor(name, data)
        expected[name] = data.astype(np.float32)
        continue
    values, size = GGML_QUANT_SIZES[kind]
    rows = random.integers(0, 256, size=(2, 256 // values * size), dtype=np.uint8)
    # Scales are halves that are neither infinite nor NaN.
    for place in {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q4_K": [0, 2], "Q6_K": [208]}.get(name, []):
        for start in range(place, rows.shape[1], size):
            rows[:, start : start + 2] = random.normal(size=(2, 1)).astype(np.float16).view(np.uint8)
    if name == "BF16":
        rows = (random.normal(size=(2, 256)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
    writer.add_tensor(name, rows, raw_dtype=kind)
    expected[name] = dequantize(rows, kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
np.concatenate([expected[name].reshape(-1) for name in expected]).astype("<f4").tofile(folder / "values.f32")
(folder / "names.json").write_text(json.dumps(list(expected)) + "\n")
