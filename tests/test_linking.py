"""Pairs become tasks that hide who published them; the control estimates what the list has missed."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.codebook.read import load_codebook
from annotate.coordination.following import follow
from annotate.coordination.linking import link_progress, link_tasks, marked
from annotate.corpus.tasks import read_tasks
from annotate.errors import InputError
from annotate.files import bundled
from annotate.present.label_tables import progress_lines
from annotate.provenance import candidates
from annotate.reuse.stems import places
from annotate.study.links import pair_id, pairs_of
from annotate.study.passages import read_passages
from tests.link_example import labelled, link_task
from tests.test_following import NOW

PASSAGES = read_passages(bundled("tasks/example.json"))
CANDIDATES = candidates(PASSAGES, most=200)
CONFIG = load_codebook(bundled("link_config.xml"))


def made(**asked):
    settings = {"top": 20, "control": 0.5, "config_sha256": CONFIG.sha256, **asked}
    return link_tasks(CANDIDATES, PASSAGES, **settings)


def test_the_best_candidates_come_in_their_order_with_the_control_scattered_among_them():
    datas = [task["data"] for task in made()]
    best = [data for data in datas if data["stratum"] == "candidate"]
    assert [data["rank"] for data in best] == list(range(1, 21))
    assert [(d["a_item"], d["b_item"]) for d in best] == list(
        CANDIDATES.head(20)[["a_item", "b_item"]].itertuples(index=False, name=None)
    )
    control = [place for place, data in enumerate(datas) if data["stratum"] == "control"]
    assert len(control) == 10
    assert control[0] < 20  # not all behind
    assert len({data["passage_id"] for data in datas}) == 30


def test_the_control_is_drawn_from_below_the_cut_with_the_probability_that_is_told():
    control = [task["data"] for task in made(control=1.0) if task["data"]["stratum"] == "control"]
    near = [data for data in control if data["rank"] is not None]
    far = [data for data in control if data["rank"] is None]
    assert len(near) == len(far) == 10
    assert all(20 < data["rank"] <= 200 for data in near)
    assert {data["drawn"] for data in near} == {10 / 180}
    assert {round(data["drawn"], 9) for data in far} == {round(10 / (4476 - 200), 9)}
    listed = {pair_id(row.a_item, row.b_item) for row in CANDIDATES.itertuples()}
    assert not listed & {data["passage_id"] for data in far}
    assert all(data["a_document"] != data["b_document"] for data in control)


def test_the_same_seed_gives_the_same_tasks_and_another_seed_another_control():
    assert made() == made()
    assert {task["data"]["passage_id"] for task in made(seed=1)} != {
        task["data"]["passage_id"] for task in made()
    }


def test_what_is_shown_does_not_say_who_published_it_or_what_was_drawn():
    shown = set(re.findall(r"\$(\w+)", CONFIG.config))
    assert shown == {f"{side}_{part}" for side in "ab" for part in ("heading", "before", "after", "html")}
    sources = [re.escape(source) for source in PASSAGES["source"].unique()]
    for task in made():
        data = task["data"]
        for name in ("a_heading", "b_heading"):
            assert not re.search("|".join(sources), data[name])
            assert re.fullmatch(r"[AB], (published \d{4}-\d\d-\d\d|date not known)", data[name])
        for side in "ab":
            plain = re.sub(r"</?mark>", "", data[f"{side}_html"])
            assert plain == data[f"{side}_text"].replace("&", "&amp;").replace("<", "&lt;").replace(
                ">", "&gt;"
            )


def test_shared_words_are_marked_in_both_and_function_words_are_not():
    first = made()[[task["data"]["rank"] for task in made()].index(1)]["data"]
    assert "<mark>driver</mark>" in first["a_html"]
    assert first["a_html"].count("<mark>") == first["b_html"].count("<mark>")
    assert "<mark>at</mark>" not in first["a_html"]


def test_the_context_is_that_of_the_document():
    by_item = PASSAGES.set_index("item")
    for task in made():
        data = task["data"]
        for side in "ab":
            document = PASSAGES.loc[PASSAGES["document"] == data[f"{side}_document"]]
            place = document["item"].tolist().index(data[f"{side}_item"])
            after = document.iloc[place + 1 : place + 3]
            after = after.loc[after["kind"] != "boilerplate", "text"]
            assert data[f"{side}_after"] == " ".join(after)
            assert by_item.loc[data[f"{side}_item"], "start"] == data[f"{side}_start"]


@given(st.text(), st.randoms())
def test_marked_text_is_the_text_escaped_and_nothing_else_is_markup(text, lot):
    which = np.array([lot.random() < 0.5 for _ in places(text)], dtype=bool)
    html = marked(text, which)
    plain = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain
    assert plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def links(found, of):
    """Progress of so many coded pairs, of which so many are the same claim, by stratum and drawn."""
    tasks, number = [], 0
    for stratum, drawn, n, same in of:
        for place in range(n):
            number += 1
            task = link_task(f"a{number}", f"b{number}", stratum=stratum, drawn=drawn, rank=number)
            task["same"] = place < same
            tasks.append(task)
    rows = [
        {"item": task["data"]["passage_id"], "variable": "relation", "category": "same_claim" if task["same"] else "topic_only"}
        for task in tasks
        if found
    ]  # fmt: skip
    ratings = pd.DataFrame(rows, columns=["item", "variable", "category"])
    return link_progress([task["data"] for task in tasks], ratings)


def test_links_that_were_missed_are_estimated_by_hand():
    # 10 of 100 drawn in the band near the cut, 2 of them the same; 10 of 1000 far off, none.
    found = links(True, [("candidate", 1.0, 30, 5), ("control", 0.1, 10, 2), ("control", 0.01, 10, 0)])
    assert (found.coded, found.same, found.control_coded, found.control_same) == (30, 5, 20, 2)
    assert found.missed == pytest.approx(20)
    # Clopper-Pearson at 97.5 %: 2 of 10 is 0.0182 to 0.5949, 0 of 10 is 0 to 0.3547
    assert found.missed_low == pytest.approx(2 + 90 * 0.0182, abs=0.3)
    assert found.missed_high == pytest.approx(2 + 90 * 0.5949 + 990 * 0.3549, abs=4)


def test_the_interval_of_missed_links_holds_the_truth():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(60):
        near, far = (rng.random(200) < 0.1), (rng.random(2000) < 0.01)
        drawn = [rng.choice(band, 20, replace=False) for band in (near, far)]
        of = [
            ("control", 20 / len(band), 20, int(one.sum()))
            for band, one in zip((near, far), drawn, strict=True)
        ]
        found = links(True, of)
        held += found.missed_low <= near.sum() + far.sum() <= found.missed_high
    assert held >= 57


def test_it_is_time_to_stop_when_the_last_twenty_bring_nothing():
    assert links(True, [("candidate", 1.0, 30, 9)]).enough
    assert not links(True, [("candidate", 1.0, 30, 11)]).enough
    assert not links(True, [("candidate", 1.0, 19, 0)]).enough
    nothing = links(False, [("candidate", 1.0, 3, 0), ("control", 0.1, 2, 0)])
    assert (nothing.coded, nothing.missed, nothing.enough) == (0, None, False)


def test_status_says_how_far_the_linking_is_and_only_of_such_a_project():
    tasks = [
        link_task(f"a{n}", f"b{n}", labelled(n + 1, 1, "same_claim" if n < 3 else "topic_only", "cannot_tell" if n < 3 else None), rank=n + 1)
        for n in range(25)
    ]  # fmt: skip
    tasks.append(link_task("a30", "b30", labelled(40, 1, "topic_only"), stratum="control", drawn=0.5))
    found = follow(tasks, overlap=1, config=CONFIG.config, now=NOW)
    said = " ".join(progress_lines("P", "url", found))
    assert "same claim: 3 of 25 coded candidates, 0 not coded yet" in said
    assert "time to stop: of the last 20 coded candidates by rank none is the same claim" in said
    assert "missed below the cut: about 0 pairs of the same claim, 0 to 1 with 95% confidence" in said
    assert found.as_json()["links"]["coded"] == 25


@pytest.mark.parametrize(
    ("asked", "message"),
    [({"control": 1.5}, "control 1.5: is not a share"), ({"control": -1}, "is not a share")],
)
def test_what_cannot_be_drawn_is_refused(asked, message):
    with pytest.raises(InputError, match=message):
        made(**asked)
    with pytest.raises(InputError, match="nothing to link"):
        link_tasks(CANDIDATES.iloc[:0], PASSAGES, top=1, control=0, config_sha256="c")


def test_the_command_writes_tasks_that_are_read_as_pairs(run, tmp_path):
    code, _, err = run(
        "link", bundled("tasks/example.json"), "--top", 10, "--control", 0.2, "-o", "pairs.json"
    )
    assert code == 0, err
    assert "10 candidates, and 2 pairs drawn from below them" in err
    tasks = read_tasks(tmp_path / "pairs.json")
    assert pairs_of(task["data"] for task in tasks)["stratum"].value_counts().to_dict() == {
        "candidate": 10,
        "control": 2,
    }
    code, _, err = run("link", bundled("tasks/example.json"), "--link-config", bundled("label_config.xml"))
    assert (code, "has no choices named relation and derivation" in err) == (1, True)
