"""A corpus of one claim in several wordings with known ways, coded by two annotators, to build tests from.

The wire has it from Ana Mirel; the daily took it from the wire; the blog, undated, names the magazine, the magazine
names the weekly, and the weekly names the blog. The gazette says it in its own voice and gives no ground.
"""

import json
from pathlib import Path

from annotate.study.links import Links, read_links
from annotate.study.study import Study, read_study
from tests.export_example import annotation, choice, result, task

FIRM = {"claim_type": "incident", "certainty": "firm", "evidentiary_basis": "none_offered"}
# passage: source, date, text, what is marked as Source, attribution
PASSAGES = {
    "wire": ("Kestwire", "2024-05-01", "Ana Mirel counted the barges that had sunk at the weir.", "Ana Mirel", "named_person"),
    "daily": ("Varrin Daily", "2024-05-02", "At the weir many boats went under, it is said.", "", "author_voice"),
    "blog": ("Tide Blog", None, "Ommer Magazine says that ships were lost by the weir.", "Ommer Magazine", "named_document_or_outlet"),
    "magazine": ("Ommer Magazine", "2024-06-01", "Several craft perished there, the Lock Weekly reported.", "Lock Weekly", "named_document_or_outlet"),
    "weekly": ("Lock Weekly", "2024-06-03", "According to Tide Blog the river took whole fleets.", "Tide Blog", "named_document_or_outlet"),
    "gazette": ("Gazette", "2024-07-01", "Vessels foundered near the old weir in spring.", "", "author_voice"),
    "other": ("Gazette", "2024-07-01", "Bread is dear this year, said a baker.", "a baker", "unnamed_specific"),
}  # fmt: skip
SAME = [
    ("wire", "daily"),
    ("daily", "blog"),
    ("blog", "magazine"),
    ("magazine", "weekly"),
    ("weekly", "gazette"),
]


def tasks():
    found = []
    for number, (item, (source, published, text, marked, attribution)) in enumerate(PASSAGES.items()):
        both = []
        for annotator in (1, 2):
            answers = {**FIRM, "attribution": attribution}
            results = [choice(category, name=name) for name, category in answers.items()]
            if marked:
                start = text.index(marked)
                mark = result(
                    "marks", "labels", start=start, end=start + len(marked), text=marked, labels=["SOURCE"]
                )
                results.append({**mark, "id": "s"})
            both.append(annotation(2 * number + annotator, annotator, *results))
        data = {"published": published} if published else {}
        found.append(task(item, *both, text=text, source=source, document_id=f"d-{source}", start=0 if item != "other" else 90, **data))  # fmt: skip
    return found


def study(folder: Path, changed=None) -> Study:
    path = folder / "export.json"
    path.write_text(json.dumps(tasks() if changed is None else changed), encoding="utf-8")
    return read_study(path)


def links(folder: Path, rows=None, name: str = "links.csv") -> Links:
    """Links of rows a_item, b_item, annotator, relation, derivation; by default two annotators link all in a row."""
    if rows is None:
        rows = [(a, b, who, "same_claim", "cannot_tell") for a, b in SAME for who in ("L1", "L2")]
        rows = [(*row[:4], "b_from_a") if row[:2] == ("wire", "daily") else row for row in rows]
    path = folder / name
    lines = ["a_item,b_item,annotator,relation,derivation", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return read_links(path)
