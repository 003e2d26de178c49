"""The design of a study: equal loads, equal meetings, nothing moved; and how tasks carry it."""

import sys
from collections import Counter
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from annotate.cli.commands import app
from annotate.codebook.read import read_codebook
from annotate.coordination.assignment import (
    annotator_key,
    balance,
    design,
    earlier_key,
    items_of,
    read_annotators,
    read_passwords,
    read_plan,
    release,
    salt_of,
    work_in,
    write_messages,
    write_plan,
)
from annotate.coordination.assignment.plan import joined_plan, renamed
from annotate.corpus import read_tasks, write_tasks
from annotate.errors import ExportError, InputError
from annotate.study.exports import tabulate
from annotate.study.passages import read_passages
from tests.integration.conftest import CONFIG


def items(*sizes: int, first: int = 0) -> pd.DataFrame:
    rows = [
        (f"i{source}-{number:03}", f"source {source}")
        for source, size in enumerate(sizes)
        for number in range(first, first + size)
    ]
    return pd.DataFrame(rows, columns=["item", "source"])


def people(number: int) -> list[str]:
    return [f"ann-{one:02}" for one in range(number)]


def spread(pair: tuple[int, int]) -> int:
    return pair[1] - pair[0]


@st.composite
def studies(draw: Any) -> tuple[pd.DataFrame, list[str], int, int]:
    n = draw(st.integers(2, 9))
    overlap = draw(st.integers(1, min(5, n)))
    sizes = draw(st.lists(st.integers(1, 25), min_size=1, max_size=5))
    return items(*sizes), people(n), overlap, draw(st.integers(0, 99))


@settings(max_examples=15, deadline=None)
@given(studies())
def test_everybody_gets_as_much_and_every_two_share_as_much(
    study: tuple[pd.DataFrame, list[str], int, int],
) -> None:
    table, annotators, overlap, seed = study
    plan = design(table, annotators, overlap=overlap, seed=seed, repeat=0.2)
    first = plan[plan["round"] == 1]
    assert (first.groupby("item")["annotator"].nunique() == overlap).all()
    assert not first.duplicated(["item", "annotator"]).any()
    assert set(first["item"]) == set(table["item"])
    loads = first["annotator"].value_counts().reindex(annotators, fill_value=0)
    assert loads.max() - loads.min() <= 1
    for _, rows in first.groupby("source"):
        own = rows["annotator"].value_counts().reindex(annotators, fill_value=0)
        assert own.max() - own.min() <= 1
    if set(first["annotator"]) == set(annotators):
        found = balance(plan)
        assert spread(found.pairs) <= 3
        assert found.source_pairs <= 3
        assert spread(found.repeats) <= 2


@pytest.mark.parametrize(
    ("size", "n", "overlap"),
    [
        (7, 7, 3),
        (13, 13, 4),
        (12, 9, 3),
        (10, 6, 3),
        (20, 6, 3),
        (21, 7, 3),
        (11, 11, 5),
        (35, 15, 3),
        (9, 3, 2),
    ],
)
def test_where_a_perfect_design_is_known_it_is_found(size: int, n: int, overlap: int) -> None:
    """Such as the Fano plane: 7 items, 7 annotators, 3 an item, every two share just one."""
    found = balance(design(items(size), people(n), overlap=overlap))
    assert spread(found.loads) == spread(found.pairs) == found.source_pairs == 0


@pytest.mark.parametrize(
    ("size", "n", "overlap"), [(4, 4, 2), (5, 4, 2), (3, 5, 3), (4, 5, 2), (5, 5, 4), (6, 4, 3)]
)
def test_no_design_with_such_loads_is_more_equal(size: int, n: int, overlap: int) -> None:
    """Against every design there is: the smallest sum of squared meetings among those with equal loads."""
    blocks = list(combinations(range(n), overlap))
    best = min(
        squares
        for chosen in product(blocks, repeat=size)
        if list(chosen) == sorted(chosen)
        for loads in [Counter(person for block in chosen for person in block)]
        if max(loads[one] for one in range(n)) - min(loads[one] for one in range(n)) <= 1
        for squares in [
            sum(count**2 for count in Counter(p for b in chosen for p in combinations(b, 2)).values())
        ]
    )
    plan = design(items(size), people(n), overlap=overlap)
    met = Counter(
        pair for block in plan.groupby("item")["annotator"].agg(sorted) for pair in combinations(block, 2)
    )
    assert sum(count**2 for count in met.values()) == best


@settings(max_examples=8, deadline=None)
@given(studies(), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_design_whatever_the_order(
    study: tuple[pd.DataFrame, list[str], int, int], random: Any
) -> None:
    table, annotators, overlap, seed = study
    shuffled = table.sample(frac=1, random_state=random.randrange(1000))
    others = random.sample(annotators, len(annotators))
    plan = design(table, annotators, overlap=overlap, seed=seed, repeat=0.1)
    pd.testing.assert_frame_equal(plan, design(shuffled, others, overlap=overlap, seed=seed, repeat=0.1))


@settings(max_examples=15, deadline=None)
@given(studies(), st.integers(0, 3), st.integers(0, 2), st.integers(0, 12))
def test_an_extension_moves_nothing_and_evens_out(
    study: tuple[pd.DataFrame, list[str], int, int], newcomers: int, leavers: int, more: int
) -> None:
    table, annotators, overlap, seed = study
    assume(len(annotators) - leavers + newcomers >= overlap)
    before = design(table, annotators, overlap=overlap, seed=seed, repeat=0.2)
    later = pd.concat([table, items(more, more, first=500)])
    now = [*annotators[leavers:], *(f"new-{one}" for one in range(newcomers))]
    after = design(later, now, overlap=overlap, seed=seed + 1, done=before, repeat=0.2)
    key = ["item", "source", "annotator", "round", "queue"]
    kept = after.merge(before[key], on=key)
    assert len(kept) == len(before)
    old = set(before["item"])
    assert (after[after["item"].isin(old) & (after["round"] == 1)].groupby("item").size() == overlap).all()
    fresh = after[~after["item"].isin(old)]
    assert set(fresh["annotator"]) <= set(now)
    first = after[after["round"] == 1]
    loads = first["annotator"].value_counts().reindex(now, fill_value=0)
    # nobody who is ahead got what one further behind could have had
    for person, other in product(now, now):
        if loads[person] > loads[other] + 1:
            got = set(first.loc[first["annotator"].eq(person) & ~first["item"].isin(old), "item"])
            assert got <= set(first.loc[first["annotator"].eq(other), "item"])
    again = design(later, now, overlap=overlap, seed=seed + 2, done=after, repeat=0.2)
    pd.testing.assert_frame_equal(again, after)


@settings(max_examples=25, deadline=None)
@given(studies(), st.integers(1, 2), st.integers(0, 2), st.sampled_from([0.0, 0.3]), st.data())
def test_what_leavers_have_not_done_goes_to_others_and_nothing_else_moves(
    study: tuple[pd.DataFrame, list[str], int, int], leavers: int, newcomers: int, repeat: float, data: Any
) -> None:
    table, annotators, overlap, seed = study
    now = [*annotators[leavers:], *(f"new-{one}" for one in range(newcomers))]
    assume(now)
    lower = min(overlap, len(now))
    before = design(table, annotators, overlap=overlap, seed=seed, repeat=repeat)
    elsewhere = set(table["item"][:: data.draw(st.integers(2, 5))])  # not in the task file this time
    here = table[~table["item"].isin(elsewhere)]
    assume(len(here))
    rows = list(before[["item", "round", "annotator"]].itertuples(index=False, name=None))
    work = {row for row in rows if data.draw(st.integers(0, 2))}
    kept, taken = release(before, set(here["item"]), now, work)

    assert len(kept) + len(taken) == len(before)
    moved = set(taken[["item", "round", "annotator"]].itertuples(index=False, name=None))
    assert not moved & work
    assert {person for _, _, person in moved} <= set(annotators[:leavers])
    assert not {item for item, _, _ in moved} & elsewhere
    stays = set(rows) - moved - work
    has_it = {
        (item, number) for item, number, person in rows if person in now or (item, number, person) in work
    }
    assert (
        all(  # what is open and stays is of somebody who stays, elsewhere, or a second time that no other has
            person in now or item in elsewhere or (number == 2 and (item, number) not in has_it)
            for item, number, person in stays
        )
    )

    fuller = kept[(kept["round"] == 1) & kept["item"].isin(here["item"]) & kept["annotator"].isin(now)]
    lower = max([lower, *fuller.groupby("item").size()])
    after = design(here, now, overlap=lower, seed=seed, done=kept)
    key = ["item", "annotator", "round"]
    assert len(after.merge(kept[key], on=key)) == len(kept)
    blocks = (
        after[(after["round"] == 1) & after["item"].isin(here["item"])].groupby("item")["annotator"].agg(set)
    )
    assert all(len(block) >= lower for block in blocks)
    added = after.merge(kept[key], on=key, how="left", indicator=True)
    assert set(added.loc[added["_merge"] == "left_only", "annotator"]) <= set(now)


def test_a_higher_overlap_adds_annotators_to_what_is_assigned() -> None:
    before = design(items(12, 9), people(6), overlap=2)
    after = design(items(12, 9), people(6), overlap=3, done=before)
    assert len(after.merge(before, on=["item", "annotator", "round", "queue"])) == len(before)
    assert (after.groupby("item")["annotator"].nunique() == 3).all()
    assert spread(balance(after).loads) <= 1


def test_what_stands_elsewhere_counts_and_stays() -> None:
    before = design(items(10), people(4), overlap=2)
    ahead = before[before["annotator"] != "ann-00"]
    after = design(items(4, first=100), people(4), overlap=2, done=ahead)
    assert len(after) == len(ahead) + 8
    own = after[after["item"].str.endswith(("100", "101", "102", "103"))]
    assert own["annotator"].value_counts()["ann-00"] == 4  # all of them, to catch up


def test_sources_are_mixed_in_every_queue() -> None:
    plan = design(items(30, 20, 10), people(5), overlap=3)
    first = plan[plan["round"] == 1]
    for _, own in first.groupby("annotator"):
        ordered = own.sort_values("position")["source"].to_list()
        for source in set(ordered):
            share = ordered.count(source) / len(ordered)
            seen = pd.Series([name == source for name in ordered]).cumsum()
            assert max(abs(count - share * place) for place, count in enumerate(seen, start=1)) < 3.5
    assert len({tuple(own["item"]) for _, own in plan.groupby("annotator")}) == 5


def test_repeats_come_last_to_the_same_annotators() -> None:
    plan = design(items(30, 20, 11), people(5), overlap=3, repeat=0.1)
    again = plan[plan["round"] == 2]
    assert again["item"].nunique() == 7  # a tenth of 61, rounded up
    first = plan[plan["round"] == 1].groupby("item")["annotator"].agg(set)
    assert all(block == first[item] for item, block in again.groupby("item")["annotator"].agg(set).items())
    assert dict(again.drop_duplicates("item")["source"].value_counts()) == {
        "source 0": 3,
        "source 1": 2,
        "source 2": 2,
    }
    assert spread(balance(plan).repeats) <= 1
    for _, own in plan.groupby("annotator"):
        assert own.loc[own["round"] == 1, "position"].max() < own.loc[own["round"] == 2, "position"].min()
        assert own["position"].to_list() == list(range(1, len(own) + 1))


@pytest.mark.parametrize(
    ("table", "annotators", "overlap", "repeat", "words"),
    [
        (items(), people(3), 2, 0.0, "no passages to assign"),
        (pd.concat([items(1), items(1)]), people(3), 2, 0.0, "passage i0-000 comes twice"),
        (items(3), ["ada", "ada"], 2, 0.0, "annotator ada comes twice"),
        (items(3), people(2), 0, 0.0, "overlap 0: each passage needs"),
        (items(3), people(2), 3, 0.0, "overlap 3: there are only 2 annotators"),
        (items(3), people(2), 2, 1.5, "repeat 1.5: is not a share"),
        (items(3), people(2), 2, float("nan"), "repeat nan: is not a share"),
    ],
)
def test_what_cannot_be_designed(
    table: pd.DataFrame, annotators: list[str], overlap: int, repeat: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        design(table, annotators, overlap=overlap, repeat=repeat)


def test_an_assignment_is_never_taken_away() -> None:
    before = design(items(4), people(4), overlap=3)
    with pytest.raises(
        InputError, match=r"overlap 2: 4 passages are assigned to more annotators already, .* to 3"
    ):
        design(items(4), people(4), overlap=2, done=before)


# ------------------------------------------------------------------ the list of annotators


def test_a_list_of_annotators(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "name,email\n# the first wave\nAda,ADA@example.org\nben@example.org\n\n"
        '"Cole, Cleo";cleo@example.org\ndora@example.org\tDora\n',
        encoding="utf-8",
    )
    found = read_annotators(path)
    assert [(one.name, one.email) for one in found] == [
        ("Ada", "ada@example.org"),
        ("", "ben@example.org"),
        ("Cole, Cleo", "cleo@example.org"),
        ("Dora", "dora@example.org"),
    ]
    assert found[0].key == annotator_key("ada@example.org", "")
    assert "ada" not in found[0].key
    assert "ada" not in repr(found[0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no annotators"),
        ("# nobody yet\n\n", "names no annotators"),
        ("name,email\n", "names no annotators"),
        ("Ada\n", "line 1: 'Ada' has no e-mail address"),
        ("ada@example.org\nBen Bell\n", "line 2: 'Ben Bell' has no e-mail address"),
        ("ada@example.org\nAda,Ada@Example.org\n", "lines 1 and 2 name the same annotator"),
        ("ada@example.org,ben@example.org\n", "line 1: has 2 e-mail addresses"),
        ('"ada@example.org\n', "line 1: .*; write an e-mail address"),
        ("a" * 250 + "@example.org\n", "line 1: the e-mail address is longer than 254"),
    ],
)
def test_a_list_that_is_none(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "people.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_annotators(path)


def test_passwords_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "passwords.csv"
    path.write_text('email,password\nAda@example.org,"a,b"\n', encoding="utf-8")
    assert read_passwords(path) == {"ada@example.org": "a,b"}
    path.write_text("ada@example.org,secret\n", encoding="utf-8")
    with pytest.raises(
        InputError, match="not a table of email and password; give the file of annotate annotators add"
    ):
        read_passwords(path)


# ------------------------------------------------------------------ the design in the tasks


def task(identity: str, source: str = "Quarry Gazette", **more: object) -> dict[str, dict[str, Any]]:
    return {
        "data": {"passage_id": identity, "source": source, "text": f"The quarry closed: {identity}.", **more}
    }


def assigned(count: int, repeat: float = 0.25) -> tuple[list[dict[str, dict[str, Any]]], pd.DataFrame]:
    tasks = [task(f"p{number}") for number in range(count)]
    plan = design(items_of(tasks), people(4), overlap=3, repeat=repeat)
    return write_plan(tasks, plan), plan


def test_tasks_carry_the_design_and_give_it_back() -> None:
    tasks, plan = assigned(8)
    assert [one["data"]["passage_id"] for one in tasks[:8]] == [f"p{number}" for number in range(8)]
    assert len(tasks) == 10
    first, repeat = tasks[0]["data"], tasks[-1]["data"]
    assert (
        first["assigned"]
        == "|" + "|".join(sorted(plan.loc[plan["item"] == "p0", "annotator"].unique())) + "|"
    )
    assert first["queue"] == f"1-{plan.loc[plan['item'] == 'p0', 'queue'].iloc[0]:06}"
    assert "round" not in first
    assert repeat["passage_id"] == f"{repeat['repeat_of']}-round2"
    assert (repeat["round"], repeat["queue"]) == (2, "2-000002")
    back = read_plan(one["data"] for one in tasks)
    columns = ["item", "source", "annotator", "round", "queue"]
    pd.testing.assert_frame_equal(
        back.sort_values(columns, ignore_index=True), plan[columns].sort_values(columns, ignore_index=True)
    )
    assert len(items_of(tasks)) == 8
    assert write_plan(tasks, plan) == tasks  # a second time changes nothing


def test_what_stands_on_the_server_goes_before_the_file() -> None:
    here, there = (
        read_plan([{"passage_id": "p", "source": "s", "assigned": who, "queue": "1-000001"}])
        for who in ("|ann-a|ann-b|", "|ann-c|")
    )
    assert joined_plan(here, there)["annotator"].to_list() == ["ann-c"]
    assert joined_plan(here, read_plan([]))["annotator"].to_list() == ["ann-a", "ann-b"]


def test_who_has_a_task_can_be_renamed() -> None:
    data = {"passage_id": "p", "assigned": "|ann-a|ann-ab|"}
    assert renamed(data, {"ann-a": "A7", "ann-b": "A8"}) == {"passage_id": "p", "assigned": "|A7|ann-ab|"}
    assert renamed({"passage_id": "p"}, {"ann-a": "A7"}) == {"passage_id": "p"}


@pytest.mark.parametrize("value", ["", "||", "|a|a|", "|a b|", 7, ["a"]])
def test_an_assignment_that_is_none(value: object) -> None:
    with pytest.raises(InputError, match=r"passage p: assigned .* is not what annotate assign writes"):
        read_plan([{"passage_id": "p", "source": "s", "assigned": value}])


def test_a_repeat_is_no_passage_of_its_own(tmp_path: Path) -> None:
    tasks, _ = assigned(8)
    write_tasks(tasks, tmp_path / "tasks.json")
    assert len(read_tasks(tmp_path / "tasks.json")) == 10
    assert sorted(read_passages(tmp_path / "tasks.json")["item"]) == [f"p{number}" for number in range(8)]


def annotation(number: int, person: int, category: str) -> dict[str, Any]:
    result = {
        "from_name": "claim_type",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [category]},
    }
    return {"id": number, "completed_by": person, "result": [result], "was_cancelled": False}


def test_a_repeat_is_a_second_round_of_its_passage() -> None:
    export = [
        {**task("p-round2", repeat_of="p", round=2), "annotations": [annotation(3, 7, "practice")]},
        {**task("p"), "annotations": [annotation(1, 7, "incident"), annotation(2, 8, "incident")]},
    ]
    export[0]["data"]["text"] = export[1]["data"]["text"]
    tables = tabulate(export, read_codebook(CONFIG))
    assert tables.exclusions.empty  # not superseded by the later round
    rows = tables.ratings[["item", "annotator", "category", "round"]].sort_values(["round", "annotator"])
    assert rows.to_numpy().tolist() == [
        ["p", "A7", "incident", 1],
        ["p", "A8", "incident", 1],
        ["p", "A7", "practice", 2],
    ]
    assert tables.passages[["item", "n_annotations"]].to_numpy().tolist() == [["p", 2]]


@pytest.mark.parametrize("number", [None, 1, "2", True, 2.5])
def test_a_repeat_without_a_round(number: object) -> None:
    export = [{**task("p-again", repeat_of="p", round=number), "annotations": []}]
    with pytest.raises(ExportError, match="task 1: repeats item p as round"):
        tabulate(export, read_codebook(CONFIG))


def test_a_round_of_somebody_elses_is_none_of_ours() -> None:
    export = [{**task("p", round="pilot"), "annotations": [annotation(1, 7, "incident")]}]
    assert tabulate(export, read_codebook(CONFIG)).ratings["round"].to_list() == [1]


def test_work_is_who_annotated_what_in_which_round() -> None:
    ada, ben = annotator_key("ada@example.org", "s"), annotator_key("ben@example.org", "s")
    tasks = [
        {"data": {"passage_id": "p1"}, "annotations": [{"completed_by": 3}, {"completed_by": 9}]},
        {"data": {"passage_id": "p1-round2", "repeat_of": "p1", "round": 2},
         "annotations": [{"completed_by": 4}, {"completed_by": 3, "was_cancelled": True}, {"completed_by": None}]},
        {"data": {"passage_id": "p2"}, "annotations": []},
    ]  # fmt: skip
    assert work_in(tasks, {3: "ada@example.org", 4: "Ben@example.org"}, "s") == {
        ("p1", 1, ada),
        ("p1", 2, ben),
    }


# ------------------------------------------------------------------ the command line, without a server


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, ["assign", *map(str, arguments)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    write_tasks([task(f"p{number}") for number in range(6)], tmp_path / "tasks.json")
    (tmp_path / "people.txt").write_text(
        "ada@example.org\nben@example.org\ncleo@example.org\n", encoding="utf-8"
    )
    return tmp_path / "tasks.json", tmp_path / "people.txt"


def test_assign_writes_tasks_and_plan(files: tuple[Path, Path], tmp_path: Path) -> None:
    tasks, annotators = files
    output, table = tmp_path / "assigned.json", tmp_path / "plan.csv"
    result = run(
        tasks, "--annotators", annotators, "--overlap", 2, "--repeat", 0.5, "-o", output, "--plan", table
    )
    assert result.exit_code == 0, result.output
    assert "6 passages: 4 an annotator, 2 shared by every two" in result.stderr
    assert "2 passages come to each annotator a second time" in result.stderr
    place = tmp_path / "people.txt.salt"
    salt = place.read_text(encoding="ascii").strip()
    assert place.stat().st_mode & 0o777 == 0o600
    plan = design(
        items_of(read_tasks(tasks)), [annotator_key(f"{n}@example.org", salt) for n in ("ada", "ben", "cleo")],
        overlap=2, repeat=0.5,
    )  # fmt: skip
    assert read_tasks(output) == write_plan(read_tasks(tasks), plan)
    assert pd.read_csv(table)["annotator"].to_list() == plan["annotator"].to_list()
    left = output.read_text(encoding="utf-8") + table.read_text(encoding="utf-8")
    assert "@" not in left
    assert salt not in left
    assert not any(earlier_key(f"{n}@example.org") in left for n in ("ada", "ben", "cleo"))

    annotators.write_text("ada@example.org\nben@example.org\ndora@example.org\n", encoding="utf-8")
    later = run(output, "--annotators", annotators, "--overlap", 2)
    assert later.exit_code == 0, later.output
    assert (
        f"{annotator_key('cleo@example.org', salt)} is not in the list, and keeps 6 earlier assignments"
        in later.stderr
    )
    assert "nothing was written" in later.stderr


def test_each_list_of_annotators_has_a_salt_of_its_own(tmp_path: Path) -> None:
    salts = {salt_of(tmp_path / name) for name in ("one.txt", "two.txt", "one.txt")}
    assert len(salts) == 2
    keys = {annotator_key("ada@example.org", salt) for salt in salts}
    assert len(keys) == 2


def test_what_is_no_salt_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.txt.salt").write_text("", encoding="ascii")
    with pytest.raises(InputError, match=r"one\.txt\.salt: is not a salt of pseudonyms"):
        salt_of(tmp_path / "one.txt")
    with pytest.raises(InputError, match="the salt of the pseudonyms cannot be written"):
        salt_of(tmp_path / "nowhere" / "one.txt")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--overlap", 4], "overlap 4: there are only 3 annotators"),
        (["--overlap", 2, "--plan", "plan.txt"], "plan.txt: a table is written to .csv or .parquet"),
        (["--overlap", 2, "--hand-on"], "--hand-on: only a project knows what is done"),
        (["--overlap", 2, "-o", "TASKS"], "would write over what is read"),
        (["--overlap", 2, "--plan", "PEOPLE"], "would write over what is read"),
    ],
)
def test_what_assign_refuses(files: tuple[Path, Path], arguments: list[object], words: str) -> None:
    named = {"TASKS": files[0], "PEOPLE": files[1]}
    result = run(files[0], "--annotators", files[1], *(named.get(str(one), one) for one in arguments))
    assert isinstance(result.exception, InputError)
    assert words in str(result.exception)
    assert "\n" not in str(result.exception)


def test_messages_go_into_a_new_folder_for_the_coordinator_alone(tmp_path):
    write_messages(tmp_path / "out", {"ada@h": "Hello Ada,", "b/c@h": "Hello,"})
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert written == {"ada@h.txt": "Hello Ada,\n", "b-c@h.txt": "Hello,\n"}
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}
    with pytest.raises(InputError, match="exists already, and may hold passwords; name a new folder"):
        write_messages(tmp_path / "out", {})
    with pytest.raises(InputError, match="the messages cannot be written"):
        write_messages(tmp_path / "no" / "out", {})
