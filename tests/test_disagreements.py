import pandas as pd
import pytest

from annotate.disagreements import COLUMNS, disagreements, prevalence


def ratings(*rows):
    """Each row: item, annotator, variable, category, and perhaps the round."""
    frame = pd.DataFrame(
        [(*row, 1)[:5] for row in rows], columns=["item", "annotator", "variable", "category", "round"]
    )
    return frame.assign(source=frame["item"].str[0])


def test_the_share_of_agreeing_pairs_and_of_the_passage():
    found = disagreements(
        ratings(
            ("a1", "A1", "kind", "x"), ("a1", "A2", "kind", "x"), ("a1", "A3", "kind", "y"),
            ("a1", "A1", "force", "1"), ("a1", "A2", "force", "1"),
            ("a2", "A1", "kind", "x"), ("a2", "A2", "kind", "y"),
            ("a3", "A1", "kind", "x"), ("a3", "A2", "kind", "x"),
            ("a4", "A1", "kind", "x"),
        )
    )  # fmt: skip
    assert found["item"].tolist() == ["a2", "a1"]  # a3 agrees, a4 stands alone
    assert found["agreeing_pairs"].tolist() == pytest.approx([0, 1 / 3])
    assert found["disagreement"].tolist() == pytest.approx([1, 1 - (1 / 3 + 1) / 2])
    assert found["n_ratings"].tolist() == [2, 3]


def test_variables_stand_in_the_given_order_and_equal_passages_by_item():
    both = [
        (item, who, name, who) for item in ("b", "a") for name in ("second", "first") for who in ("A1", "A2")
    ]  # fmt: skip
    found = disagreements(ratings(*both), ["first", "second"])
    assert found[["item", "variable"]].to_numpy().tolist() == [
        ["a", "first"], ["a", "second"], ["b", "first"], ["b", "second"],
    ]  # fmt: skip


def test_a_repeat_is_no_disagreement():
    found = disagreements(ratings(("a", "A1", "kind", "x"), ("a", "A1", "kind", "y", 2)))
    assert found.empty
    assert list(found.columns) == list(COLUMNS)
    assert disagreements(
        ratings().reindex(columns=["item", "source", "annotator", "variable", "category"])
    ).empty


def test_the_most_chosen_category_by_source_and_over_all():
    frame = ratings(
        ("a1", "A1", "kind", "x"), ("a1", "A2", "kind", "y"), ("b1", "A1", "kind", "y"), ("b1", "A2", "kind", "y"),
        ("b1", "A2", "kind", "x", 2),
    )  # fmt: skip
    found = prevalence(frame, {"kind": ("y", "x")})
    assert found["source"].tolist() == [None, "a", "b"]
    assert found["category"].tolist() == ["y", "y", "y"]  # of two equal ones the first in the codebook
    assert found["share"].tolist() == pytest.approx([3 / 4, 1 / 2, 1])
    assert found["n_ratings"].tolist() == [4, 2, 2]
    assert prevalence(frame)["category"].tolist() == ["y", "x", "y"]  # without one, by the alphabet
