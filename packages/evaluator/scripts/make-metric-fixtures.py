"""Scores of the reference implementations, which the tests of the metrics are compared with.

Writes src/metrics/fixtures/reference-scores.json. Made with Python 3.11.7 and the versions that `check_versions` asks
for; to make it again:

    python3 -m venv venv && venv/bin/pip install sacrebleu==2.6.0 rouge-score==0.1.2
    venv/bin/python packages/evaluator/scripts/make-metric-fixtures.py
"""

import json
import platform
import random
from importlib.metadata import version
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

VERSIONS = {"sacrebleu": "2.6.0", "rouge-score": "0.1.2"}
OUTPUT = Path(__file__).parent.parent / "src" / "metrics" / "fixtures" / "reference-scores.json"

# Our options, and what the reference calls them.
BLEU_OPTIONS = [
    ({}, {}),
    ({"effectiveOrder": True}, {"effective_order": True}),
    ({"lowercase": True}, {"lowercase": True}),
    ({"tokenizer": "none"}, {"tokenize": "none"}),
    ({"tokenizer": "char"}, {"tokenize": "char"}),
    ({"tokenizer": "char", "lowercase": True, "effectiveOrder": True}, {"tokenize": "char", "lowercase": True, "effective_order": True}),
    ({"smoothing": "none"}, {"smooth_method": "none"}),
    ({"smoothing": "floor"}, {"smooth_method": "floor"}),
    ({"smoothing": "floor", "smoothingValue": 0.01, "effectiveOrder": True}, {"smooth_method": "floor", "smooth_value": 0.01, "effective_order": True}),
    ({"smoothing": "add-k"}, {"smooth_method": "add-k"}),
    ({"smoothing": "add-k", "smoothingValue": 0.5, "effectiveOrder": True}, {"smooth_method": "add-k", "smooth_value": 0.5, "effective_order": True}),
]
CHRF_OPTIONS = [
    ({}, {}),
    ({"wordOrder": 2}, {"word_order": 2}),
    ({"smoothing": "epsilon"}, {"eps_smoothing": True}),
    ({"wordOrder": 2, "smoothing": "epsilon"}, {"word_order": 2, "eps_smoothing": True}),
    ({"wordOrder": 1, "lowercase": True}, {"word_order": 1, "lowercase": True}),
    ({"whitespace": True}, {"whitespace": True}),
    ({"characterOrder": 4, "beta": 1}, {"char_order": 4, "beta": 1}),
]
ROUGE_VARIANTS = [1, 2, 3, "L", "Lsum"]

# (prediction, references): each is here for a reason that its neighbours do not cover.
CHOSEN = [
    # identical, disjoint, empty, shorter than the n-grams
    ("The cat sat on the mat.", ["The cat sat on the mat."]),
    ("the cat sat on the mat", ["un chien dort sous une table"]),
    ("", ["The cat sat on the mat."]),
    ("The cat sat on the mat.", [""]),
    ("", [""]),
    ("   ", ["words"]),
    ("a", ["a"]),
    ("a", ["b"]),
    ("cat", ["cats"]),
    ("Yes.", ["Yes."]),
    ("two words", ["two words"]),
    ("two words", ["words two"]),
    ("three little words", ["three little words"]),
    ("three little pigs", ["three little words"]),
    # brevity, verbosity, repetition
    ("The cat", ["The cat sat on the mat and looked at the dog in the garden."]),
    ("The cat sat on the mat and looked at the dog in the garden.", ["The cat"]),
    ("the the the the the the the", ["the cat is on the mat"]),
    ("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
    ("a a a a b b b b", ["a b a b a b a b"]),
    ("na na na na na na na na batman", ["na na na na batman"]),
    # order
    ("mat the on sat cat the", ["the cat sat on the mat"]),
    ("police killed the gunman", ["the gunman killed police"]),
    ("police kill the gunman", ["police killed the gunman"]),
    # case
    ("THE CAT SAT ON THE MAT", ["the cat sat on the mat"]),
    ("The Cat Sat On The Mat", ["the cat sat on the mat", "THE CAT SAT ON THE MAT"]),
    ("STRASSE ÄÖÜ", ["straße äöü"]),
    ("İSTANBUL'DA YAĞMUR", ["istanbul'da yağmur"]),
    ("ΟΔΟΣ ΣΟΦΟΣ", ["οδος σοφος"]),
    # punctuation and what 13a makes of it
    ("Hello, world! How are you?", ["Hello world, how are you!"]),
    ("It's a dog's life -- isn't it?", ["It is a dog's life - is it not?"]),
    ("\"Quoted\" (and bracketed) [text] {here}", ["'Quoted' and (bracketed) text here"]),
    ("semi;colon: slash/back\\slash | pipe ~ tilde ` tick", ["semi ; colon : slash / back \\ slash | pipe"]),
    ("e-mail me @ name@example.com #now & 100% *free*", ["email me at name@example.com now and 100 % free"]),
    ("well-known state-of-the-art", ["well known state of the art"]),
    ("...and then...", ["... and then ..."]),
    (".,.,", [",.,."]),
    (". . .", ["."]),
    ("!?", ["?!"]),
    ("a.b,c.d", ["a . b , c . d"]),
    ("end.", ["end ."]),
    (",start", [", start"]),
    ("(hi)", ["( hi )"]),
    ("<skipped>the cat <skipped> sat", ["the cat sat"]),
    ("&quot;cats &amp; dogs&quot; &lt;b&gt; &amp;lt;", ["\"cats & dogs\" <b> <"]),
    ("under_score^caret=equals+plus", ["under _ score ^ caret = equals + plus"]),
    # numbers
    ("It costs 1,000.50 dollars in 2024-25.", ["It costs 1,000.50 dollars in 2024-2025."]),
    ("3.14159 is about 3.14", ["3,14159 is about 3.14"]),
    ("10-4 5-year 7.", ["10 - 4 5 year 7 ."]),
    ("1.2.3 and .5 and 5.", ["1.2.3 and 0.5 and 5"]),
    ("room 101", ["room 101", "room one hundred and one"]),
    # white space of every kind
    ("  leading and trailing  ", ["leading and trailing"]),
    ("tabs\tand\tnew\nlines", ["tabs and new lines"]),
    ("hyphen-\nated word", ["hyphenated word"]),
    ("the line ends in a dash-\n", ["the line ends in a dash-", "the line ends in a dash"]),
    ("the line ends in a dash-\n\x1c", ["the line ends in a dash- \ufeff"]),
    ("non\u00a0breaking\u2003em\u3000wide", ["non breaking em wide"]),
    ("next\u0085line file\u001cseparator", ["next line file separator"]),
    ("zero\ufeffwidth mark\u200bspace", ["zerowidth markspace", "zero width mark space"]),
    ("line\u2028separator\u2029paragraph", ["line separator paragraph"]),
    ("carriage\r\nreturn\x0bvertical\x0cform", ["carriage return vertical form"]),
    # scripts, combining marks, outside the basic plane
    ("Die Katze saß auf der Matte.", ["Die Katze sass auf der Matte."]),
    ("L'été, où êtes-vous ?", ["L'été où êtes vous ?"]),
    ("¿Dónde está el niño?", ["¿Donde esta el nino?"]),
    ("cafe\u0301 nai\u0308ve", ["café naïve"]),
    ("猫がマットの上に座った。", ["猫はマットの上に座っている。"]),
    ("我爱北京天安门", ["我爱北京 天安门", "我爱上海"]),
    ("고양이가 매트 위에 앉았다", ["고양이가 매트에 앉았다"]),
    ("Кошка сидела на коврике.", ["Кошка сидит на коврике!"]),
    ("القط جلس على الحصيرة", ["جلس القط على الحصيرة"]),
    ("बिल्ली चटाई पर बैठी", ["बिल्ली चटाई पर बैठ गई"]),
    ("I 😀 love 🎉 emoji 👩‍👩‍👧", ["I love 😀 emoji 🎉 👩‍👩‍👧"]),
    ("😀.😀,😀", ["😀 . 😀 , 😀"]),
    ("𝒜𝓁𝓅𝒽𝒶 𝒷ℯ𝓉𝒶", ["𝒜𝓁𝓅𝒽𝒶 beta"]),
    ("“curly” ‘quotes’ – dash — em… ellipsis", ["\"curly\" 'quotes' - dash -- em... ellipsis"]),
    # several lines, for ROUGE-Lsum
    ("The cat sat.\nThe dog ran.", ["The dog ran.\nThe cat sat."]),
    ("one two three\nfour five\n\nsix", ["one three five\ntwo four six"]),
    ("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", ["w1 w2 w3 w4 w5"]),
    ("a b c\na b c", ["a b c\nb c d", "c b a"]),
    # several references
    ("It is a guide to action which ensures that the military always obeys the commands of the party.",
     ["It is a guide to action that ensures that the military will forever heed Party commands.",
      "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
      "It is the practical guide for the army always to heed the directions of the party."]),
    ("It is to insure the troops forever hearing the activity guidebook that party direct.",
     ["It is a guide to action that ensures that the military will forever heed Party commands.",
      "It is the guiding principle which guarantees the military forces always being under the command of the Party.",
      "It is the practical guide for the army always to heed the directions of the party."]),
    ("one two three four five", ["one two three", "one two three four five six seven", "five"]),
    ("one two three four", ["one two three", "one two three four five"]),
    ("same same", ["same same", "same same", "same same"]),
    ("near miss here", ["", "near hit here"]),
    # words that the Porter stemmer would change
    ("running dogs happily jumped", ["run dog happy jump"]),
]

SENTENCES = [
    "The quick brown fox jumps over the lazy dog near the river bank.",
    "In 1998, sales rose by 12.5% to $3,400 -- a record for the \"old\" firm.",
    "She said: 'We will meet at 10:30, won't we?'",
    "Call me Ishmael. Some years ago, never mind how long precisely, I went to sea.",
    "Die schnelle braune Füchsin springt über den faulen Hund, nicht wahr?",
    "Le petit garçon n'a pas mangé les pommes ; il a bu l'eau.",
    "Быстрая коричневая лиса прыгает через ленивую собаку.",
    "素早い茶色の狐が のろまな犬を 飛び越える。",
    "Numbers such as 3.14, 2,718 and 1-2-3 are split, or not.",
    "state-of-the-art e-mail addresses (a@b.c) & other/odd\\tokens",
    "Emoji 😀 and 🎉 stand outside the basic plane, 𝔸 too.",
    "to be or not to be that is the question to be or not",
]


def disturbed(sentence, draw):
    """A prediction: the sentence with some words dropped, doubled, swapped, cut, replaced or in another case."""
    words = sentence.split(" ")
    for _ in range(draw.randint(0, 6)):
        at = draw.randrange(len(words))
        kind = draw.choice(["drop", "double", "swap", "case", "replace", "cut", "join", "newline"])
        if kind == "drop" and len(words) > 1:
            del words[at]
        elif kind == "double":
            words.insert(at, words[at])
        elif kind == "swap":
            other = draw.randrange(len(words))
            words[at], words[other] = words[other], words[at]
        elif kind == "case":
            words[at] = draw.choice([str.upper, str.lower, str.title])(words[at])
        elif kind == "replace":
            words[at] = draw.choice(["cat", "Über", "7.5", ",", "the", "-", "狐", "😀"])
        elif kind == "cut":
            words[at] = words[at][: draw.randint(0, len(words[at]))]
        elif kind == "join" and at + 1 < len(words):
            words[at : at + 2] = [words[at] + draw.choice(["", "-", ".", "'"]) + words[at + 1]]
        elif kind == "newline":
            words[at] += "\n" + draw.choice(["", "also "])
    return " ".join(words)


def drawn(count):
    draw = random.Random(20261123)
    for _ in range(count):
        sentence = draw.choice(SENTENCES)
        yield disturbed(sentence, draw), [disturbed(sentence, draw) for _ in range(draw.choice([1, 1, 1, 2, 3]))]


def corpora(cases):
    """Lists of numbers of cases that are scored together."""
    count = len(cases)
    with_references = lambda wanted: [at for at in range(count) if len(cases[at][1]) == wanted]
    draw = random.Random(7)
    chosen = [list(range(count)), with_references(1), with_references(2), with_references(3), list(range(6, 14)), [2], [4, 7]]
    return chosen + [sorted(draw.sample(range(count), size)) for size in (2, 5, 10, 20, 40, 80)]


def sacrebleu_scores(metric, cases, groups):
    """References go in transposed; a missing one is None."""

    def of_corpus(members):
        most = max(len(cases[at][1]) for at in members)
        references = [[(cases[at][1][place : place + 1] or [None])[0] for at in members] for place in range(most)]
        score = metric.corpus_score([cases[at][0] for at in members], references).score
        return {"score": score, "signature": str(metric.get_signature())}

    segments = [metric.sentence_score(*case).score for case in cases]
    return {"segments": segments, "corpora": [of_corpus(members) for members in groups]}


def rouge_scores(variant, cases):
    scorer = RougeScorer([f"rouge{variant}"], use_stemmer=False)
    scores = [scorer.score_multi(references, prediction)[f"rouge{variant}"] for prediction, references in cases]
    return {"segments": [[float(part) for part in score] for score in scores]}


def check_versions():
    for package, wanted in VERSIONS.items():
        if version(package) != wanted:
            raise SystemExit(f"{package} {wanted} is wanted, got {version(package)}")


def main():
    check_versions()
    cases = CHOSEN + list(drawn(180))
    groups = corpora(cases)
    scores = [
        *({"metric": "bleu", "options": ours, **sacrebleu_scores(BLEU(**theirs), cases, groups)} for ours, theirs in BLEU_OPTIONS),
        *({"metric": "chrf", "options": ours, **sacrebleu_scores(CHRF(**theirs), cases, groups)} for ours, theirs in CHRF_OPTIONS),
        *({"metric": "rouge", "options": {"variant": variant}, **rouge_scores(variant, cases)} for variant in ROUGE_VARIANTS),
    ]
    lines = lambda items: "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"
    made = {"script": Path(__file__).name, "python": platform.python_version(), **VERSIONS}
    segments = [{"prediction": prediction, "references": references} for prediction, references in cases]
    fields = {"made": json.dumps(made), "segments": lines(segments), "corpora": lines(groups), "scores": lines(scores)}
    OUTPUT.write_text("{\n" + ",\n".join(f'"{name}": {value}' for name, value in fields.items()) + "\n}\n")
    print(f"{len(cases)} cases, {len(groups)} corpora, {len(scores)} settings: {OUTPUT}")


main()
