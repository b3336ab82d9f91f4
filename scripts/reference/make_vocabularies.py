"""Vocabularies of Hugging Face's trainers for the words of a text: byte pairs and unigram, over bytes.

usage: make_vocabularies.py WORDS.txt VOCABULARIES.json
"""

import json
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<pad>", "<s>", "<sep>", "</s>", "<unk>"]
SAMPLE = "Alice's café cost 1,000 — naïve 東京!\n  The the THE 🙂"
LETTERS = sorted(pre_tokenizers.ByteLevel.alphabet())


def learned(model, trainer, words):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(words, trainer)
    definition = json.loads(tokenizer.to_str())
    return definition, tokenizer.encode(SAMPLE, add_special_tokens=False)


def byte_pairs(size, least, words):
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=least, special_tokens=SPECIAL, initial_alphabet=LETTERS, show_progress=False
    )
    definition, sample = learned(models.BPE(), trainer, words)
    return {"size": size, "least": least, "definition": definition, "ids": sample.ids}


def unigram(size, words):
    trainer = trainers.UnigramTrainer(
        vocab_size=size, special_tokens=SPECIAL, initial_alphabet=LETTERS, unk_token="<unk>", show_progress=False
    )
    # Pieces of equal scores come in another order each time, and so do bytes that no word has.
    definition, sample = learned(models.Unigram(), trainer, words)
    definition["model"]["vocab"] = [[text, round(score, 9)] for text, score in definition["model"]["vocab"]]
    return {"size": size, "definition": definition, "tokens": sample.tokens}


def main(source, target):
    with open(source, encoding="utf8") as file:
        words = file.read().split("\n\n")
    made = {
        "sample": SAMPLE,
        "bytePairs": [byte_pairs(size, least, words) for size, least in [(400, 0), (1200, 0), (5000, 3)]],
        "unigrams": [unigram(size, words) for size in [400, 800, 5000]],
    }
    with open(target, "w", encoding="utf8") as file:
        json.dump(made, file, ensure_ascii=False)


main(*sys.argv[1:])
