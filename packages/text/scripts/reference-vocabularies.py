"""Writes fixtures/vocabularies.json: vocabularies that Hugging Face's tokenizers 0.23.3 learn from fixtures/words.txt.

Usage: pip install tokenizers==0.23.3; python scripts/reference-vocabularies.py
"""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

folder = Path(__file__).parent.parent / "fixtures"
texts = (folder / "words.txt").read_text(encoding="utf8").split("\n\n")
special = ["<pad>", "<s>", "<sep>", "</s>", "<unk>"]


def byte_pairs(size, least):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=least, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


sample = "Alice's café cost 1,000 — naïve 東京!\n  The the THE 🙂"
found = []
for size, least in [(400, 0), (1200, 0), (5000, 3)]:
    tokenizer = byte_pairs(size, least)
    found.append({"size": size, "least": least, "definition": json.loads(tokenizer.to_str()), "ids": tokenizer.encode(sample).ids})
output = {"sample": sample, "bytePairs": found}
(folder / "vocabularies.json").write_text(json.dumps(output, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf8")
