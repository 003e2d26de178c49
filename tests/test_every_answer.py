"""Of an export made with any label config that is accepted, each answer is somewhere, and nowhere twice."""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.codebook.read import Codebook, read_codebook
from annotate.study.exports import REASONS, Tables, tabulate
from tests.export_example import CONFIG, annotation, choice, result, span, task
from tests.export_strategies import Control, Json, exports


def _control(name: str, controls: list[Control]) -> str:
    """The control of that name; of one that is asked of two entries, the third is unknown."""
    number = name.rpartition("_")[2]
    pattern = name.replace(f"_{number}", "_{{idx}}") if number in ("0", "1") else name
    return pattern if pattern in {one.name for one in controls} else name


def _answers(result: Any, marking: set[str], controls: list[Control]) -> tuple[str, int]:
    """The control that is answered, and how many answers the result holds: a mark or a relation has one a label, and a note."""
    if not isinstance(result, dict) or not result:
        return "", 1
    labels: Any = None
    if result.get("type") == "relation":
        labels = result["labels"]
        return "relations", len(labels) if labels else 1
    value, name = result.get("value"), _control(result["from_name"], controls)
    if name in marking and isinstance(value, dict):
        labels = value.get(result["type"])
    whole = isinstance(labels, list) and all(isinstance(one, str) for one in labels)
    noted = (
        isinstance(value, dict)
        and name in marking
        and "Not sure." in (result.get("meta", {}).get("text") or ())
    )
    return name, (max(1, len(labels)) if whole else 1) + noted


def _offerer(label: str, book: Codebook) -> str:
    """Which control has a label that the task brings."""
    return next(
        one.name for one in book.span_variables if one.name.partition("_")[0] == label.partition("-")[0]
    )


def _found(made: Tables, made_by: Json, book: Codebook) -> Counter[str]:
    """How many rows of all tables each control has from one annotation; rows that answer nothing aside.

    One such is the empty set of a list in which nothing was ticked, for which there is no result.
    """
    found: Counter[str] = Counter()
    annotation = str(made_by["id"])
    named = {one.get("from_name") for one in made_by["result"] if isinstance(one, dict)}
    marked_by = {label.id: one.name for one in book.span_variables for label in one.labels}
    for name, table in vars(made).items():
        if name not in ("ratings", "comments", "inside", "exclusions", "spans", "relations"):
            continue
        for row in table.loc[table["annotation"] == annotation].to_dict("records"):
            if name == "spans":
                found[marked_by.get(row["label"]) or _offerer(row["label"], book)] += 1
            elif name == "relations":
                found["relations"] += 1
            elif name == "ratings" and row["variable"].replace("{{idx}}", row["item"][-2:-1]) not in named:
                assert row["category"] == "[]"
            elif row.get("reason") not in ("marks_incomplete", "empty"):
                found[row["variable"] or ""] += 1
    return found


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=60)
@given(exports())
def test_each_answer_is_in_one_table_or_left_out_and_counted(
    export: tuple[str, list[Json], list[Control]],
) -> None:
    config, tasks, controls = export
    book = read_codebook(config)
    made = tabulate(tasks, book)
    marking = {one.name for one in controls if one.marks}
    for made_by in tasks[0]["annotations"]:
        most: Counter[str] = Counter()
        least: Counter[str] = Counter()
        for one in made_by["result"]:
            control, answers = _answers(one, marking, controls)
            most[control] += answers
            # a mark that cannot be placed, and an arrow that points nowhere, are left out once
            least[control] += 1 if control in (*marking, "relations") else answers
        found = _found(made, made_by, book)
        assert set(found) == set(most)
        for control in most:
            assert least[control] <= found[control] <= most[control], control


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], max_examples=30)
@given(exports())
def test_nothing_is_there_twice_and_each_exclusion_has_a_reason_that_is_explained(
    export: tuple[str, list[Json], list[Control]],
) -> None:
    config, tasks, _ = export
    made = tabulate(tasks, read_codebook(config))
    for table, key in (
        (made.ratings, ["item", "annotator", "variable", "round"]),
        (made.spans, ["item", "annotation", "label", "start", "end"]),
        (made.comments, ["item", "annotation", "variable"]),
        (made.inside, ["item", "annotation", "variable", "region"]),
        (made.relations, [name for name in made.relations.columns if name not in ("document", "source")]),
    ):
        assert not table.duplicated(key).any()
    assert set(made.exclusions["reason"]) <= set(REASONS)
    left_out = set(made.exclusions.loc[made.exclusions["reason"] == "empty", "annotation"])
    assert set(made.annotated["annotation"]) | left_out == {"1", "2"}


@given(st.permutations(range(6)))
def test_the_order_of_answers_to_different_controls_decides_nothing(order: list[int]) -> None:
    answers = [
        choice("a"), choice("x", name="flags"), span(0, 2, "He"), {**span(3, 7, "said", "CUE"), "id": "r2"},
        {"type": "relation", "from_id": "r1", "to_id": "r2", "direction": "right", "labels": ["relays"]},
        result("comment", "textarea", text=["why"]),
    ]  # fmt: skip
    book = read_codebook(CONFIG)
    told, other = (
        tabulate([task("p1", annotation(1, 1, *[answers[n] for n in each]))], book)
        for each in (range(6), order)
    )
    for name in ("ratings", "spans", "relations", "comments"):
        one, another = (
            sorted(getattr(tables, name).to_numpy().tolist(), key=str) for tables in (told, other)
        )
        assert one == another
