"""A small study in Label Studio's export format, all of it invented, with what makes presenting hard.

Four sources: one with variety, one in which nearly everything is alike, one with a long name and a
single annotator, and one whose name, texts and titles try to be formulas and scripts.
"""

import json
from pathlib import Path
from typing import Any

from annotate.study.study import Study, read_study

LONG = "The Quarterly Bulletin of the Combined Associations of Lamplighters, Ferrymen and Keepers of Bridges"
HOSTILE = '<script>alert(1)</script> & "Sons"'
FORMULA = '=HYPERLINK("http://example.invalid/steal","Click")'
NOTE = "The annotators of this study are scripted."

Json = dict[str, Any]

# source, title, published, url, text
_PASSAGES = [
    ("Kestwire", "Ferry stopped", "2024-05-01", "https://kestwire.example/a?b=1&c=2", "The harbour office said on Monday that nine ferries had stopped running."),
    ("Kestwire", "Ferry stopped", "2024-05-01", "https://kestwire.example/a?b=1&c=2", "“I counted eleven boats at the quay,” said Ana Mirel, who keeps the lock."),
    ("Kestwire", "Ferry stopped", "2024-05-01", None, "The ministry denies that any ferry was stopped. 🚢 This passage has a tab\tand a long dash — nothing more."),
    ("Kestwire", "Ferry stopped", "2024", "ftp://kestwire.example/x", "Fares have doubled since the spring."),
    ("Kestwire", "Ferry stopped", "May 2024", "javascript:alert(1)", "Nobody should have to wait two days for a crossing."),
    ("Ommerlight", "On bridges", "2024-06-10T08:30:00+02:00", None, "The bridge was closed by the council in March."),
    ("Ommerlight", "On bridges", "2024-06-10", None, "The bridge is old."),
    ("Ommerlight", "On bridges", "2024-06-10", None, "The bridge has two arches."),
    (LONG, "Report", "1899-12-01", None, "Lamps are lit at dusk in all twelve districts."),
    (LONG, "Report", None, None, "The keepers ask for a rise."),
    (HOSTILE, FORMULA, None, None, FORMULA),
    (HOSTILE, "+1", None, None, "+1"),
    (HOSTILE, "@SUM(A1)", None, None, "@SUM(A1:A9)"),
    (HOSTILE, "-2", None, None, "-2"),
    (HOSTILE, "#N/A", None, None, "\t=1+1\x0bwith a control character <img src=x onerror=alert(1)> _x0041_"),
]  # fmt: skip

_FIRM = ("author_voice", "none_offered", "firm")
_SAID = ("named_organisation", "expert_or_body_judgement", "firm")
_SEEN = ("named_person", "first_hand_testimony", "firm")
# by passage: annotator -> claim_type and, where there is a claim, whom, on what ground, how firmly
_CODES: list[dict[int, tuple[str, ...]]] = [
    {1: ("quantity", *_SAID), 2: ("quantity", *_SAID), 3: ("incident", *_SAID)},
    {1: ("quantity", *_SEEN), 2: ("quantity", *_SEEN), 3: ("quantity", *_SEEN)},
    {1: ("incident", "named_organisation", "none_offered", "denied"), 2: ("practice", *_SAID), 3: ("incident", *_FIRM)},
    {1: ("quantity", *_FIRM), 2: ("practice", *_FIRM)},
    {1: ("call_to_action", *_FIRM), 2: ("no_claim",), 3: ("evaluation", *_FIRM)},
    {1: ("incident", *_SAID), 2: ("practice", *_FIRM), 3: ("practice", *_FIRM)},
    {1: ("practice", *_FIRM), 2: ("practice", *_FIRM), 3: ("practice", *_FIRM)},
    {1: ("practice", *_FIRM), 2: ("practice", *_FIRM), 3: ("practice", *_FIRM)},
    {1: ("practice", *_FIRM)},
    {1: ("call_to_action", "unnamed_specific", "none_offered", "firm")},
    {1: ("no_claim",), 2: ("no_claim",)},
    {1: ("no_claim",), 2: ("no_claim",)},
    {1: ("no_claim",), 2: ("no_claim",)},
    {1: ("no_claim",), 2: ("no_claim",)},
    {},
]  # fmt: skip
_CONTROLS = ("claim_type", "attribution", "evidentiary_basis", "certainty")


def export() -> list[Json]:
    """The study as Label Studio would export it."""
    tasks = []
    number = 0
    for place, ((source, title, published, url, text), codes) in enumerate(
        zip(_PASSAGES, _CODES, strict=True), 1
    ):
        data = {"passage_id": f"p{place:02d}", "document_id": f"d-{title[:8]}", "source": source, "title": title,
                "published": published, "url": url, "text": text, "start": 0, "end": len(text)}  # fmt: skip
        annotations = []
        for annotator, chosen in codes.items():
            number += 1
            results = [_choice(name, value) for name, value in zip(_CONTROLS, chosen, strict=False)]
            if place == 1:
                results += [
                    _choice("flags", "unsure", "boilerplate"),
                    _comment("=1+1 is what they want"),
                    _span(text),
                ]
            annotations.append(_annotation(number, annotator, results))
        if place in {2, 6}:
            annotations.append(_annotation(90 + place, 4, [], was_cancelled=True))
        if place == 4:
            annotations.append(_annotation(99, 5, [_choice("claim_type", "no such kind")]))
        tasks.append(
            {
                "id": place,
                "data": {k: v for k, v in data.items() if v is not None},
                "annotations": annotations,
            }
        )
    return tasks


def study(folder: Path, tasks: list[Json] | None = None) -> Study:
    """The study as ``annotate`` reads it, through a file."""
    path = folder / "export.json"
    path.write_text(json.dumps(export() if tasks is None else tasks), encoding="utf-8")
    return read_study(path, on_invalid="exclude")


def _annotation(number: int, annotator: int, results: list[Json], **fields: Any) -> Json:
    return {"id": number, "completed_by": annotator, "updated_by": annotator, "result": results,
            "was_cancelled": False, "ground_truth": False, "lead_time": 12.25,
            "created_at": "2026-01-01T10:00:00.500000Z", "updated_at": "2026-01-01T12:30:00+02:00", **fields}  # fmt: skip


def _choice(name: str, *values: str) -> Json:
    return {
        "id": "r",
        "from_name": name,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": list(values)},
    }


def _comment(text: str) -> Json:
    return {
        "id": "r",
        "from_name": "comment",
        "to_name": "text",
        "type": "textarea",
        "value": {"text": [text]},
    }


def _span(text: str) -> Json:
    value = {"start": 0, "end": 18, "text": text[:18], "labels": ["SOURCE"]}
    return {"id": "s", "from_name": "marks", "to_name": "text", "type": "labels", "value": value}
