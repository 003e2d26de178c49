"""How many sentences a second are cut: ``annotate.corpus.segment`` and nupunkt alone, in one run.

    python benchmarks/text_sentences.py 100000

The text is made here, of invented words, with names, abbreviations, figures and quotations; once a line a
paragraph, once all of it in one line, and once wrapped at 72 characters.
"""

import random
import sys
import textwrap
import time
from collections.abc import Callable

import nupunkt

from annotate.corpus.segment import segment

SYLLABLES = ("ka", "lo", "mi", "re", "tan", "dor", "vel", "os", "ir", "en", "ul", "sa", "bri", "ot")
INSERTED = ("Dr. {}", "Ward No. 3", "Sept. 14", "St. {}", "in the U.S.", "3.5 million", "“{}”", "{} Corp.")
A_PARAGRAPH = 5  # sentences
RUNS = 3


def paragraphs(sentences: int, rng: random.Random) -> list[str]:
    """Make paragraphs of invented sentences."""
    made = [_sentence(rng) for _ in range(sentences)]
    return [" ".join(made[at : at + A_PARAGRAPH]) for at in range(0, sentences, A_PARAGRAPH)]


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(1, 4)))


def _sentence(rng: random.Random) -> str:
    words = [_word(rng) for _ in range(rng.randint(6, 28))]
    for _ in range(rng.randint(0, 2)):
        words[rng.randrange(1, len(words) - 1)] = rng.choice(INSERTED).format(_word(rng).capitalize())
    words[0] = words[0].capitalize()
    sentence = " ".join(words) + rng.choice("....?!")
    return f"“{sentence}”" if rng.random() < 0.1 else sentence  # noqa: PLR2004 - one in ten is a quotation


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of three runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def text_sentences(sentences: int, seed: int = 1) -> list[tuple[str, float, float]]:
    """Sentences a second by (shape of the text, nupunkt alone, segment)."""
    made = paragraphs(sentences, random.Random(seed))  # noqa: S311 - nothing secret
    shapes = {
        "a line a paragraph": (made, "\n\n".join(made)),
        "one line": ([" ".join(made)], " ".join(made)),
        "wrapped at 72": (made, "\n\n".join(textwrap.fill(one, 72) for one in made)),
    }
    return [
        (
            shape,
            sentences / best(lambda lines=lines: [nupunkt.sent_spans(line) for line in lines]),  # type: ignore[misc]
            sentences / best(lambda text=text: segment(text)),  # type: ignore[misc]
        )
        for shape, (lines, text) in shapes.items()
    ]


def main(sentences: int) -> None:
    """Print the table."""
    print("| text | nupunkt alone | segment | ratio |\n| --- | --- | --- | --- |")
    for shape, bare, ours in text_sentences(sentences):
        print(f"| {shape} | {bare:,.0f} a second | {ours:,.0f} a second | {ours / bare:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
