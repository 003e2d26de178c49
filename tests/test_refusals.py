"""Bad input to what claims are made of: one clear line, and what was to be written is as it was."""

import json
from pathlib import Path

import numpy as np
import pytest

from annotate.files import bundled
from tests import claim_example
from tests.link_example import labelled, link_task

BEFORE = "what stood here before"
WRITES = {
    "claims": ["-o", "out.csv", "--format", "csv"],
    "claims page": ["--page", "1", "-o", "out.html"],
    "sources": ["-o", "out.csv", "--format", "csv"],
    "graph": [
        "-o",
        "out.json",
        "--prov",
        "prov.ttl",
        "--web-annotation",
        "wa.json",
        "--schema-org",
        "so.json",
    ],
    "ledger": ["-o", "out.csv", "--format", "csv"],
    "workbook": ["-o", "out.xlsx"],
    "report": ["-o", "out.html"],
    "rate": ["-o", "out.json"],
    "rated": ["--rated", "ratings.json", "-o", "out.csv", "--format", "csv"],
}


def _csv(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def _pairs(path: Path, *tasks) -> Path:
    path.write_text(json.dumps(list(tasks)), "utf-8")
    return path


def _side(side: str, item: str, **changed: str) -> dict[str, str]:
    source, published, text, *_ = claim_example.PASSAGES[item]
    told = {"document": f"d-{source}", "source": source, "published": published, "text": text, **changed}
    return {f"{side}_{name}": value for name, value in told.items()}


ORIGINS = {
    "an unknown column": (
        ["name,origin,kind,colour", "Ana Mirel,Ana Mirel,person,red"],
        "origins.csv: unknown column colour; it has the columns name, origin, kind",
    ),
    "a name twice": (
        ["name,origin,kind", "Ana Mirel,Ana Mirel,person", "Ana Mirel,A. Mirel,person"],
        "origins.csv: 'Ana Mirel' stands twice",
    ),
    "a cycle of merges": (
        ["name,origin,kind", "Ana Mirel,Lock Weekly,person", "Lock Weekly,Ana Mirel,person"],
        "merges must not lead back: give one name to all of them",
    ),
}
LINKS = {
    "links of another study": (
        lambda path: _pairs(path, link_task("a1", "b7", labelled(1, 1, "same_claim", "independent"))),
        "links of another study: 2 of its passages are not in this one: a1, b7",
    ),
    "a pair whose passages changed": (
        lambda path: _pairs(
            path,
            link_task(
                "wire", "daily", labelled(1, 1, "topic_only"),
                **_side("a", "wire"), **_side("b", "daily", text="Many boats went under at the weir."),
            ),
        ),
        "1 of its passages have changed in the study since: daily; make the pairs anew with annotate link",
    ),
    "an empty links project": (_pairs, "the export holds no task; export a project that has some"),
    "a links project that nobody has coded": (
        lambda path: _pairs(path, link_task("wire", "daily", **_side("a", "wire"), **_side("b", "daily"))),
        "nobody has coded a pair yet; pull again when somebody has",
    ),
    "passages in the place of pairs": (
        lambda path: _pairs(path, *claim_example.tasks()),
        "not a link project; make one with annotate link",
    ),
}  # fmt: skip


def _refused(run, folder: Path, name: str, words: list[object], said: str) -> None:
    """Run a command that is to be refused, and see that it wrote nothing, here or beside it."""
    outputs = [folder / word for word in WRITES[name] if "." in word and word != "ratings.json"]
    for path in outputs:
        path.write_text(BEFORE, "utf-8")
    given = [folder / word if "." in str(word) else word for word in WRITES[name]]
    there = sorted(folder.rglob("*"))
    code, out, err = run(name.split(maxsplit=1)[0], folder / "export.json", *words, *given)
    assert (code, out) == (1, "")
    lines = [line for line in err.splitlines() if line.startswith("annotate: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert [path.read_text("utf-8") for path in outputs] == [BEFORE] * len(outputs)
    assert sorted(folder.rglob("*")) == there


@pytest.fixture
def folder(tmp_path):
    claim_example.study(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [name for name in WRITES if name != "ledger"])
@pytest.mark.parametrize("case", ORIGINS)
def test_origins_that_are_wrong_write_nothing(run, folder, name, case):
    rows, said = ORIGINS[case]
    _refused(run, folder, name, ["--origins", _csv(folder / "origins.csv", *rows)], said)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("case", LINKS)
def test_links_that_are_wrong_write_nothing(run, folder, name, case):
    make, said = LINKS[case]
    _refused(run, folder, name, ["--links", make(folder / "links.json")], said)


@pytest.mark.parametrize("name", ["candidates", "link"])
@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (np.ones((3, 4)), "vectors.npy: 3 rows, but "),
        (np.ones((0, 4)), "vectors.npy: 0 rows, but "),
        (np.ones(7), "an array of shape (7,)"),
    ],
)
def test_vectors_of_another_length_write_nothing(run, tmp_path, name, vectors, said):
    path, output = tmp_path / "vectors.npy", tmp_path / "out.json"
    np.save(path, vectors)
    output.write_text(BEFORE, "utf-8")
    form = () if name == "link" else ("--format", "json")
    code, out, err = run(name, bundled("tasks/example.json"), "--vectors", path, "-o", output, *form)
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
    assert output.read_text("utf-8") == BEFORE
    assert sorted(tmp_path.iterdir()) == sorted([path, output])


def test_ratings_of_another_study_write_nothing(run, folder):
    data = {"passage_id": "elsewhere", "source": "S", "document_id": "d", "text": "Another."}
    chosen = [
        {"id": name, "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [said]}}
        for name, said in (("source-reliability", "b"), ("information-credibility", "2"))
    ]
    done = labelled(1, 1, "topic_only") | {"result": chosen}
    _pairs(folder / "ratings.json", {"id": 1, "data": data, "annotations": [done]})
    _refused(run, folder, "rated", [], "1 of its passages are not in the study")
