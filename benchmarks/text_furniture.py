"""How well headings, by-lines, captions and boilerplate are told from the text, on pages of committed lines.

    python benchmarks/text_furniture.py                                    # the pages that nothing was fitted to
    python benchmarks/text_furniture.py benchmarks/furniture/tuning.txt    # the pages that the weights were fitted to

A page is read as a text file is: its lines with a blank line between them, and no title.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from annotate.corpus.segment import KINDS, Kind, kinds_of

HELD_OUT, TUNING = (Path(__file__).parent / "furniture" / name for name in ("held_out.txt", "tuning.txt"))
LETTERS: dict[str, Kind] = {"B": "body", "H": "heading", "Y": "byline", "C": "caption", "P": "boilerplate"}
AROUND = (
    "The court opened the case on a wet morning, with eleven people in the room.",
    "Nine of the witnesses have since moved away, and one of them has died.",
)
Page = list[tuple[Kind, str]]


def read_pages(path: Path) -> dict[str, Page]:
    """Read pages of marked lines by their names; each line of a page "apart" is put between two of the text."""
    pages: dict[str, Page] = {}
    page: Page = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            page = pages.setdefault(line[3:], [])
        elif line and not line.startswith("# "):
            letter, _, words = line.partition(" ")
            page.append((LETTERS[letter], words))
    return {number: page for name, page in pages.items() for number, page in _apart(name, page)}


def _apart(name: str, page: Page) -> Iterator[tuple[str, Page]]:
    if not name.endswith(" apart"):
        yield name, page
        return
    before, after = AROUND
    for number, line in enumerate(page):
        yield f"{name} {number}", [("body", before), line, ("body", after)]


def found_in(page: Page) -> list[Kind]:
    """Tell the kinds of the lines of a page."""
    text = "\n\n".join(line for _, line in page)
    spans, at = [], 0
    for _, line in page:
        spans.append((at, at + len(line)))
        at += len(line) + 2
    return kinds_of(text, spans)


def judged(pages: dict[str, Page]) -> Iterator[tuple[str, str, Kind, Kind]]:
    """Yield (page, line, its kind, the kind that was found)."""
    for name, page in pages.items():
        for (kind, line), found in zip(page, found_in(page), strict=True):
            yield name, line, kind, found


def main(path: Path, *, show: bool = False) -> None:
    """Print precision and recall of each kind, and every line of the text that was taken for something else."""
    pairs: Counter[tuple[Kind, Kind]] = Counter()
    errors = []
    for name, line, kind, found in judged(read_pages(path)):
        pairs[kind, found] += 1
        if kind != found and (show or kind == "body"):
            errors.append(f"{name}: {kind} taken for {found}: {line}")
    print(f"{pairs.total()} lines, {sum(pairs[kind, kind] for kind in KINDS) / pairs.total():.3f} right\n")
    print("| kind | lines | precision | recall |\n| --- | --- | --- | --- |")
    for kind in KINDS:
        there = sum(pairs[kind, other] for other in KINDS)
        taken = sum(pairs[other, kind] for other in KINDS)
        right = pairs[kind, kind]
        print(f"| {kind} | {there} | {right / max(taken, 1):.3f} | {right / max(there, 1):.3f} |")
    print("\n" + "\n".join(errors))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else HELD_OUT, show="-v" in sys.argv)
