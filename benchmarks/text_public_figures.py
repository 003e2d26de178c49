"""Figures in public sets that nothing was tuned on: MeasEval and the specifications of Microsoft's recognisers.

    python -m benchmarks.text_public_figures --measeval MeasEval/data/eval --recognizers Recognizers-Text/Specs

The folders are those of clones of ``harperco/MeasEval`` (texts of scientific articles, in which people marked what is a
quantity: Harper et al. 2021, SemEval-2021 task 8) and ``microsoft/Recognizers-Text`` (MIT; sentences with the value
that its makers want). Nothing of them is in this project.

MeasEval says where a quantity stands, and no value: a figure is right where it lies over one that is marked. In the
specifications the value must be right too, as the low or the high of a figure that lies over the marked words; of
precision only figures of the kind count that a file is about, for of others it says nothing.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.figures.read import Figure, figures

KINDS = {
    "CurrencyModel": ("money",),
    "PercentModel": ("percent",),
    "DimensionModel": ("measure", "duration"),
    "TemperatureModel": ("measure",),
}
_NEXT_TO_NOTHING = 1e-6


@dataclass
class Counts:
    """How much is marked, read, and right of either."""

    marked: int = 0
    found: int = 0
    read: int = 0
    right: int = 0

    def line(self, name: str) -> str:
        """A row of the table."""
        precision, recall = self.right / max(self.read, 1), self.found / max(self.marked, 1)
        return f"{name:<28} {self.marked:>7} {precision:>10.3f} {recall:>8.3f}"


def over(figure: Figure, start: int, end: int) -> bool:
    """Whether a figure and a marked stretch have a character in common."""
    return figure.start < end and start < figure.end


def measeval(folder: Path) -> Counts:
    """Hold figures against the quantities that are marked in a part of MeasEval."""
    counts = Counts()
    for path in sorted((folder / "tsv").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        marked = [
            (int(row["startOffset"]), int(row["endOffset"])) for row in rows if row["annotType"] == "Quantity"
        ]
        text = (folder / "text" / f"{path.stem}.txt").read_text(encoding="utf-8")
        found = list(figures(text))
        counts.marked += len(marked)
        counts.found += sum(any(over(one, *place) for one in found) for place in marked)
        counts.read += len(found)
        counts.right += sum(any(over(one, *place) for place in marked) for one in found)
    return counts


def wanted(case: dict[str, object]) -> Iterator[tuple[int, int, float]]:
    """The places and values of what a case wants; what has no value is left out."""
    results = case["Results"]
    for one in results if isinstance(results, list) else ():
        value = str((one.get("Resolution") or {}).get("value")).rstrip("%")
        try:
            yield one["Start"], one["End"] + 1, float(value)
        except (KeyError, ValueError):
            continue


def specified(path: Path, kinds: Sequence[str]) -> Counts:
    """Hold figures against the cases of one file of specifications."""
    counts = Counts()
    for case in json.loads(path.read_text(encoding="utf-8-sig")):
        marked = list(wanted(case))
        if len(marked) != len(case["Results"]):
            continue
        found = list(figures(case["Input"]))

        def fits(figure: Figure, place: tuple[int, int, float]) -> bool:
            near = _NEXT_TO_NOTHING * max(abs(place[2]), 1)
            same = any(abs(bound - place[2]) <= near for bound in (figure.low, figure.high))
            return over(figure, place[0], place[1]) and same

        own = [one for one in found if one.kind in kinds]
        counts.marked += len(marked)
        counts.found += sum(any(fits(one, place) for one in found) for place in marked)
        counts.read += len(own)
        counts.right += sum(any(fits(one, place) for place in marked) for one in own)
    return counts


def main() -> None:
    """Print one row a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measeval", type=Path)
    parser.add_argument("--recognizers", type=Path)
    said = parser.parse_args()
    print(f"{'set':<28} {'marked':>7} {'precision':>10} {'recall':>8}")
    if said.measeval:
        print(measeval(said.measeval).line(f"MeasEval, {said.measeval.name}"))
    for path in sorted(said.recognizers.rglob("English/*Model.json")) if said.recognizers else ():
        if path.stem in KINDS:
            print(specified(path, KINDS[path.stem]).line(path.stem.removesuffix("Model").lower()))


if __name__ == "__main__":
    main()
