"""The two Admiralty scales: what is put before raters after the blind pass, and what their answers rest on."""

import json
import re
from pathlib import Path

import pytest

import annotate
from annotate.codebook.guidelines import instructions
from annotate.codebook.read import Category, load_codebook
from annotate.errors import InputError
from annotate.files import bundled
from annotate.provenance.admiralty import CREDIBILITY, RELIABILITY, SCALES, checked, to_rate
from annotate.provenance.claims.measured import gather
from annotate.study.study import read_study
from tests.claim_example import PASSAGES, SAME, links, study, tasks
from tests.export_example import annotation, choice

BOOK = load_codebook(bundled("admiralty_config.xml"))
MISP = {  # MISP taxonomies, admiralty-scale, version 7 (github.com/MISP/misp-taxonomies), CC0
    "source-reliability": {
        "a": "Completely reliable",
        "b": "Usually reliable",
        "c": "Fairly reliable",
        "d": "Not usually reliable",
        "e": "Unreliable",
        "f": "Reliability cannot be judged",
    },
    "information-credibility": {
        "1": "Confirmed by other sources",
        "2": "Probably true",
        "3": "Possibly true",
        "4": "Doubtful",
        "5": "Improbable",
        "6": "Truth cannot be judged",
    },
}


@pytest.fixture
def claims(tmp_path):
    return gather(study(tmp_path), links(tmp_path))


def rated(folder: Path, given, config="admiralty_config.xml", **changed):
    """The second pass as an export; ``given`` has by passage what each annotator rated."""
    made = []
    for number, (item, answers) in enumerate(given.items(), start=1):
        source, _, text, *_ = PASSAGES[item]
        done = [
            annotation(
                number * 10 + who,
                who,
                *(choice(one, name=name) for name, one in zip(SCALES, both, strict=True)),
            )
            for who, both in enumerate(answers, start=1)
        ]
        data = {"passage_id": item, "source": source, "document_id": f"d-{source}", "text": text, **changed}
        made.append({"id": number, "data": data, "annotations": done})
    path = folder / "rated.json"
    path.write_text(json.dumps(made), "utf-8")
    return read_study(path, config=bundled(config), on_invalid="exclude")


def test_names_are_those_of_the_taxonomy_and_the_levels_ordinal():
    for variable in BOOK.variables[:2]:
        assert {one.id: one.label for one in variable.categories} == MISP[variable.name]
    assert BOOK.levels == {RELIABILITY: "ordinal", CREDIBILITY: "ordinal"}
    preset = re.findall(r'alias="(\w)" hotkey="\w" selected="true"', BOOK.config)
    assert preset == ["f", "6"]


def test_the_guidelines_say_what_the_config_says():
    page = bundled("admiralty.md").read_text("utf-8")
    for variable in BOOK.variables[:2]:
        section = page.split(f"## Variable `{variable.name}`: ")[1].split("\n## ")[0]
        found = re.findall(
            r"^### (.+) \(`(\w+)`, key `(\w)`\)\n\n- \*\*Definition\.\*\* (.+)\n- \*\*Decide\.\*\* .+\n- \*\*Example\.\*\* ",
            section,
            re.MULTILINE,
        )
        assert [Category(id_, label, said, key) for label, id_, key, said in found] == [*variable.categories]
    assert "<li>" in instructions(bundled("admiralty.md"))


def test_a_rater_sees_the_publisher_whom_it_is_put_down_to_and_what_others_say(claims):
    made = to_rate(claims, config_sha256=BOOK.sha256, coded_by=2)
    data = {task["data"]["passage_id"]: task["data"] for task in made.tasks}
    assert data.keys() == PASSAGES.keys()
    assert (made.open, made.no_claim) == (0, 0)
    assert data["wire"]["heading"] == "Kestwire, published 2024-05-01; put down to Ana Mirel"
    assert data["wire"]["told"].startswith("5 other passages say the same; independent origins: at least 1")
    assert "Varrin Daily, published 2024-05-02" in data["wire"]["others"]
    assert data["wire"]["text"] not in data["wire"]["others"]
    assert data["other"]["told"] == "No other passage is known to say the same: 1 origin"
    assert data["gazette"]["after"] == data["other"]["text"]


def test_who_has_yet_to_code_blind_is_not_shown_the_publisher(tmp_path, claims):
    half = tasks()
    half[0]["annotations"].pop()
    half[-1]["annotations"] = [
        annotation(number, who, choice("no_claim", name="claim_type")) for number, who in ((98, 1), (99, 2))
    ]
    found = gather(study(tmp_path, half), links(tmp_path))
    made = to_rate(found, config_sha256=BOOK.sha256, coded_by=2)
    assert {task["data"]["passage_id"] for task in made.tasks} == PASSAGES.keys() - {"wire", "other"}
    assert (made.open, made.no_claim) == (1, 1)
    with pytest.raises(InputError, match="no passage with a claim has been coded by 3 or more; finish"):
        to_rate(claims, config_sha256=BOOK.sha256, coded_by=3)


def test_confirmed_needs_two_independent_origins(tmp_path):
    """Of the two names that the claim is put down to, one is left once they are merged."""
    given = {"wire": [("b", "1"), ("b", "2")], "other": [("f", "1"), ("a", "6")]}
    two = tasks()
    for one in two[-2]["annotations"]:  # the gazette's own count
        for result in one["result"]:
            if result["from_name"] == "evidentiary_basis":
                result["value"]["choices"] = ["first_hand_testimony"]
        one["result"] = [result for result in one["result"] if result["from_name"] != "marks"]
    for origins, refused in ((tasks(), 2), (two, 1)):
        found = gather(study(tmp_path, origins), links(tmp_path))
        made = checked(rated(tmp_path, given), found)
        assert made.refused == refused
        assert made.not_judged == 2
        stands = set(made.ratings[["item", "variable", "category"]].itertuples(index=False, name=None))
        assert (("wire", CREDIBILITY, "1") in stands) == (refused == 1)
        assert ("other", CREDIBILITY, "1") not in stands
        assert ("other", RELIABILITY, "a") in stands
        told = made.table.set_index(["item", "annotator"])["because"]
        assert told["other", "A1"] == "no other passage is known to say the same"
    assert made.table.columns[4:6].tolist() == [*SCALES]  # side by side, and no column puts them together


def test_ratings_of_something_else_are_refused(tmp_path, claims):
    given = {"wire": [("b", "2")]}
    with pytest.raises(InputError, match="1 of its passages have another text in the study"):
        checked(rated(tmp_path, given, text="Another."), claims)
    with pytest.raises(InputError, match="1 of its passages are not in the study"):
        checked(rated(tmp_path, given, passage_id="elsewhere"), claims)
    with pytest.raises(InputError, match="does not ask the two Admiralty scales"):
        checked(rated(tmp_path, given, config="label_config.xml"), claims)
    with pytest.raises(InputError, match="nobody has annotated a passage yet"):
        checked(rated(tmp_path, {"wire": []}), claims)


def test_the_commands(tmp_path, run):
    study(tmp_path)
    links(tmp_path)
    rated(tmp_path, {"wire": [("b", "1"), ("c", "2")], "daily": [("d", "3"), ("d", "6")]})
    of = (tmp_path / "export.json", "--links", tmp_path / "links.csv")
    code, _, err = run("rate", *of, "-o", tmp_path / "tasks.json")
    assert (code, "7 passages to rate" in err) == (0, True), err
    assert len(json.loads((tmp_path / "tasks.json").read_text("utf-8"))) == len(SAME) + 2
    code, out, err = run("rated", *of, "--rated", tmp_path / "rated.json", "--format", "csv")
    assert code == 0, err
    assert "1 rating of 1 (confirmed by other sources) refused" in err
    assert "6 passages say it, and 1 independent origin is known at least" in out
    frame = annotate.open_study(tmp_path / "export.json").admiralty(tmp_path / "rated.json", links=tmp_path / "links.csv").frame  # fmt: skip
    assert frame.to_csv(index=False) == out
    code, out, _ = run("rated", *of, "--rated", tmp_path / "rated.json")
    assert (code, "1 not accepted" in " ".join(out.split())) == (0, True)
    stand = tmp_path / "stand.csv"
    code, _, err = run("rated", *of, "--rated", tmp_path / "rated.json", "--ratings", "--format", "csv", "-o", stand)  # fmt: skip
    assert "1 answer left out that nothing can be judged" in err
    code, out, err = run("agreement", stand, "--config", bundled("admiralty_config.xml"), "--format", "csv")
    assert code == 0, err
    assert "source-reliability,ordinal" in out
