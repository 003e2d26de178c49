"""The example corpus as the scripted annotators of the demo code it, passages and pairs, without a server."""

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from annotate.codebook.read import load_codebook
from annotate.coordination.linking import NEAR, link_tasks
from annotate.corpus import read_tasks
from annotate.demo.scripted import CAST, code, link, read_link_reference, read_reference
from annotate.files import bundled
from annotate.provenance import candidates
from annotate.provenance.claims.measured import Claims, gather
from annotate.provenance.origins import origins_of, read_origins
from annotate.study.links import read_links
from annotate.study.passages import passages_of, passages_of_study
from annotate.study.study import read_study
from tests.export_example import annotation

CORPUS = bundled("tasks/example")
PLANTED: list[dict[str, Any]] = json.loads((CORPUS / "planted.json").read_text("utf-8"))["claims"]
TASKS = read_tasks(bundled("tasks/example.json"))
PAIRS = 70
_BOOK, _LINKING = load_codebook(bundled("label_config.xml")), load_codebook(bundled("link_config.xml"))


def _answered(datas: list[Mapping[str, Any]], answer: Any) -> list[dict[str, Any]]:
    """What an export has of tasks that the whole cast has answered."""
    tasks = []
    for number, data in enumerate(datas, start=1):
        given = [answer(data, habits) for habits in CAST]
        done = [annotation(number * 10 + at, at + 2, *said) for at, said in enumerate(given) if said]
        for one in done:
            one |= {"created_at": "2026-01-01T10:00:00Z", "updated_at": "2026-01-01T10:00:00Z"}
        tasks.append({"id": number, "data": dict(data), "annotations": done})
    return tasks


def coded(folder: Path, without: Collection[str] = (), *, names: bool = True) -> Claims:
    """The claims of the corpus without these passages, gathered from files that are written into a folder."""
    tasks = [task for task in TASKS if task["data"]["passage_id"] not in without]
    reference, of_pairs = read_reference(CORPUS / "codes.csv"), read_link_reference(CORPUS / "links.csv")
    passages = passages_of(tasks)
    pairs = link_tasks(
        candidates(passages, most=NEAR * PAIRS),
        passages,
        top=PAIRS,
        control=0.1,
        config_sha256=_LINKING.sha256,
    )
    export, linked = folder / "study.json", folder / "links.json"
    export.write_text(
        json.dumps(_answered([task["data"] for task in tasks], lambda data, habits: code(data, reference, habits, _BOOK)))
    )  # fmt: skip
    linked.write_text(
        json.dumps(_answered([task["data"] for task in pairs], lambda data, habits: link(data, of_pairs, habits, _LINKING)))
    )  # fmt: skip
    study = read_study(export, config=bundled("label_config.xml"))
    found = origins_of(study)
    return gather(
        study,
        read_links(linked, passages_of_study(study)),
        read_origins(CORPUS / "origins.csv", found) if names else found,
    )


@cache
def repeats() -> frozenset[str]:
    """The passages by which a planted claim recurs: all of its mentions but the first."""
    place = {
        (task["data"]["document_id"], task["data"]["text"]): task["data"]["passage_id"] for task in TASKS
    }
    return frozenset(
        place[mention["document"], mention["sentence"]]
        for claim in PLANTED
        for mention in claim["mentions"][1:]
    )
