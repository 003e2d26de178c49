"""Does the time that text takes grow with its length, and no faster?

    python -m benchmarks.text_growth

Texts that say one piece over and over (those of tests/endless.py) are read at two lengths, one eight times the
other, by everything that reads text. Linear work takes eight times as long, quadratic work sixty-four times. The
tests count calls, which no busy machine changes; what one regular expression does within a call only a clock sees.
A growth of more than thirty-two times in each of three rounds is printed, and the exit status is 1.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from annotate.corpus import ingest
from annotate.corpus.segment import kinds_of, segment
from annotate.figures.read import figures
from tests.endless import ENDLESS, MARKUP

SHORT, LONG = 8_000, 64_000
TOO_MUCH = 32
# Shorter times are the clock's own noise.
LEAST_SECONDS = 0.01
ROUNDS = 3


def _ingest(text: str, name: str = "text.txt") -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        ingest([path], config_sha256="c")


def _kinds(text: str) -> None:
    """Lines as long as any that is looked at closely, in the places where headings, names and captions stand."""
    lines = [text[start : start + 480] for start in range(0, len(text), 480)]
    whole = "\n".join(f"{('', 'By ', 'Photo: ')[number % 3]}{line}!" for number, line in enumerate(lines))
    kinds_of(whole, segment(whole, "paragraph"))


READERS: dict[str, Callable[[str], object]] = {
    "segment": segment,
    "kinds": _kinds,
    "figures": lambda text: list(figures(text)),
    "ingest": _ingest,
    "pages": lambda text: _ingest(f"<html><body><article>{text}", "page.html"),
}


def seconds(read: Callable[[str], object], text: str) -> float:
    """Processor time of one reading."""
    begun = time.process_time()
    read(text)
    return time.process_time() - begun


def growth(read: Callable[[str], object], piece: str) -> tuple[float, float]:
    """The least of a few growths, and the seconds that the long text took then."""
    short, long = (piece * (size // len(piece)) for size in (SHORT, LONG))
    found = (float("inf"), float("inf"))
    for _ in range(ROUNDS):
        least, most = max(seconds(read, short), LEAST_SECONDS), seconds(read, long)
        found = min(found, (most / least, most))
        if found[0] < TOO_MUCH:
            break
    return found


def main() -> int:
    """Measure every reader on every piece; 1 if any grew faster than its text."""
    wrong = 0
    for name, read in READERS.items():
        read("A line of text. " * 100)  # what is made once is made now
        grown = {piece: growth(read, piece) for piece in (*ENDLESS, *MARKUP)}
        piece, (most, took) = max(grown.items(), key=lambda one: one[1])
        print(f"{name}: {most:.1f} times for 8 times the length at most, {took:.2f} s, on {piece!r}")
        for piece, (times, took) in grown.items():
            if times >= TOO_MUCH:
                wrong += 1
                print(f"  {piece!r}: {times:.1f} times, {took:.2f} s: grows faster than the text")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
