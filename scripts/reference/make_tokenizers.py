"""A tiny tokenizer of Marian's, with what transformers makes of texts with it. See README.md."""

import json
import sys
import tempfile
from pathlib import Path

import sentencepiece
import transformers

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
SOURCE = "the small cat sat on the mat and the dog ran after the cat in 2 gardens of London".split()
TARGET = "die kleine Katze saß auf der Matte und der Hund lief der Katze nach in 2 Gärten von London".split()
TEXTS = [
    "the small dog sat on the mat", "a cat, 2 dogs and  London ", ">>deu<< the dog ran", "Katze", "über 日本 cats", "",
    " the\tcat",
]


def train(words: list[str], name: str, normalization: str) -> list[str]:
    lines = [" ".join(words[at:] + words[:at]) for at in range(len(words))]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as corpus:
        corpus.write("\n".join(lines))
        corpus.flush()
        sentencepiece.SentencePieceTrainer.train(
            input=corpus.name, model_prefix=str(out / name), vocab_size=60, hard_vocab_limit=False,
            model_type="unigram", bos_id=-1, eos_id=0, unk_id=1, num_threads=1,
            normalization_rule_name=normalization,
        )
    (out / f"{name}.vocab").unlink()
    (out / f"{name}.model").rename(out / f"{name}.spm")
    model = sentencepiece.SentencePieceProcessor(model_file=str(out / f"{name}.spm"))
    return [model.id_to_piece(at) for at in range(model.get_piece_size())]


# The map of characters of the usual normalisation takes 240 kB.
own = sorted({*train(SOURCE, "source", "nmt_nfkc"), *train(TARGET, "target", "identity")} - {"</s>", "<unk>"})
pieces = ["</s>", "<unk>", *own, ">>deu<<", ">>fra<<", "<pad>"]
vocabulary = {piece: at for at, piece in enumerate(pieces)}
(out / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, indent=1))
tokenizer = transformers.MarianTokenizer(
    source_spm=str(out / "source.spm"), target_spm=str(out / "target.spm"), vocab=str(out / "vocab.json"),
)
expected = {
    "versions": {"transformers": transformers.__version__, "sentencepiece": sentencepiece.__version__},
    "size": len(pieces),
    "cases": [],
}
for text in TEXTS:
    source = tokenizer(text).input_ids
    target = tokenizer(text_target=text).input_ids
    decoded = tokenizer.decode(target, skip_special_tokens=True)
    expected["cases"].append({"text": text, "source": source, "target": target, "decoded": decoded})
(out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
