"""Features of seqio's converters for a few examples, padded and packed. See README.md."""

import json
import sys
from pathlib import Path

import seqio
import tensorflow as tf

# Sources and targets with their ends; 0 pads and starts.
EXAMPLES = [
    ([9, 4, 6, 1], [3, 9, 1]),
    ([8, 4, 1], [5, 1]),
    ([7, 8, 5, 4, 1], [3, 3, 4, 1]),
    ([4, 1], [6, 5, 9, 3, 1]),
    ([5, 1], [9, 1]),
    ([6, 7, 8, 9, 4, 3, 1], [7, 1]),
]


def dataset(names):
    def rows():
        for source, target in EXAMPLES:
            row = {"inputs": source, "targets": target}
            yield {name: row[name] for name in names}

    signature = {name: tf.TensorSpec([None], tf.int32) for name in names}
    return tf.data.Dataset.from_generator(rows, output_signature=signature)


def converted(converter, lengths):
    return [
        {name: value.numpy().tolist() for name, value in row.items()}
        for row in converter(dataset(list(lengths)), lengths)
    ]


CONVERTERS = {
    "encoder-decoder": (seqio.EncDecFeatureConverter, {}, {"inputs": 10, "targets": 8}),
    "language-model": (seqio.LMFeatureConverter, {}, {"targets": 8}),
    "prefix": (seqio.PrefixLMFeatureConverter, {}, {"inputs": 10, "targets": 6}),
    "prefix, loss on all": (
        seqio.PrefixLMFeatureConverter,
        {"loss_on_targets_only": False},
        {"inputs": 10, "targets": 6},
    ),
}

cases = {
    name: {
        "lengths": lengths,
        "padded": converted(kind(pack=False, **options), lengths),
        "packed": converted(kind(pack=True, **options), lengths),
    }
    for name, (kind, options, lengths) in CONVERTERS.items()
}
examples = [{"source": source, "target": target} for source, target in EXAMPLES]
result = {"seqio": seqio.__version__, "examples": examples, "cases": cases}
Path(sys.argv[1]).write_text(json.dumps(result) + "\n")
