"""Published worked examples, one file a publication, exact to the published digits."""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import Estimate, estimate, from_items, measure
from annotate.agreement.distance import masi
from annotate.ratings import encode_set

GOLDEN = Path(__file__).parent / "golden"

# What the publications call it: coefficient, level, and which of the three figures is printed.
OURS = {
    "percent": ("percent_agreement", "nominal", "value"),
    "pa": ("percent_agreement", "nominal", "value"),
    "pa/unweighted": ("percent_agreement", "nominal", "value"),
    "Po": ("percent_agreement", "nominal", "value"),
    "alpha": ("krippendorff_alpha", "nominal", "value"),
    "alpha/unweighted": ("krippendorff_alpha", "nominal", "value"),
    "alpha_nominal": ("krippendorff_alpha", "nominal", "value"),
    "alpha_ordinal": ("krippendorff_alpha", "ordinal", "value"),
    "alpha_interval": ("krippendorff_alpha", "interval", "value"),
    "alpha_ratio": ("krippendorff_alpha", "ratio", "value"),
    "alpha/quadratic": ("krippendorff_alpha", "interval", "value"),
    "alpha/ratio": ("krippendorff_alpha", "ratio", "value"),
    "alpha_passonneau_masi_9items": ("krippendorff_alpha", "set", "value"),
    "AC1": ("gwet_ac1", "nominal", "value"),
    "AC1_pe": ("gwet_ac1", "nominal", "expected"),
    "gwet": ("gwet_ac1", "nominal", "value"),
    "gwet/unweighted": ("gwet_ac1", "nominal", "value"),
}
NEEDS_NUMBERS = {
    "alpha/quadratic",
    "alpha/ratio",
}  # on letters irrCAC numbers the categories as it finds them

# Figures of coefficients that are not in the registry, or of definitions that are not ours.
OTHERS = (
    *("bennett_S", "scott_pi", "cohen_kappa", "cohen_pe", "kappa_max", "kappa", "scott", "conger_kappa"),
    *("light_kappa", "Pe", "AC2_quadratic", "alpha_jaccard_9items", "alpha_masi_nonempty_subset"),
    *("alpha_dkproMASI_9items", "Do_dkproMASI", "De_dkproMASI", "nltk_doctest {1,2} {1,2,3,4}"),
    *("randolph_kappa_free", "bp", "fleiss"),
)
OTHER_FAMILIES = ("bp/", "fleiss/", "conger/", "fleiss_kappa", "masi_distance_")
OTHER_WEIGHTS = ("/linear", "/quadratic", "/ordinal", "/radical", "/ratio", "/circular", "/bipolar")


def publications() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(GOLDEN.glob("*.json")):
        study = json.loads(file.read_text(encoding="utf-8"))
        if {"data", "table_rows_rater1_cols_rater2", "counts_units_by_category", "pairs"} & study.keys():
            yield file.stem, study


def columns(study: dict[str, Any]) -> list[list[Any]]:
    """Ratings, items x annotators, None where there is none."""
    if "data" in study:
        return list(study["data"])
    if "set_items_2_raters" in study:
        return [[encode_set(chosen) for chosen in item] for item in study["set_items_2_raters"]]
    table = study["table_rows_rater1_cols_rater2"]
    cells = product(range(len(table)), range(len(table)))
    return [[first, second] for first, second in cells for _ in range(table[first][second])]


def ratings(study: dict[str, Any]) -> pd.DataFrame:
    rows = [
        (f"item {item}", f"annotator {annotator}", "v", str(category))
        for item, chosen in enumerate(columns(study))
        for annotator, category in enumerate(chosen)
        if category is not None
    ]
    return pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"], dtype="str")


@cache
def found(name: str, coefficient: str, level: str) -> Any:
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    if "counts_units_by_category" in study:
        counts = study["counts_units_by_category"]
        patterns = from_items(counts, [str(column) for column in range(len(counts[0]))])
        return estimate(patterns, [coefficient], replicates=0)[0]
    declared = {}
    if "table_rows_rater1_cols_rater2" in study:
        declared = {"v": [str(column) for column in range(len(study["table_rows_rater1_cols_rater2"]))]}
    elif level == "ordinal":
        declared = {"v": sorted(set(ratings(study)["category"]))}
    kwargs: dict[str, Any] = {"level": {"v": level}, "categories": declared, "replicates": 0}
    return next(measure(ratings(study), coefficients=[coefficient], **kwargs).itertuples())


CASES = [
    pytest.param(name, expected, id=f"{name}-{expected['coefficient']}")
    for name, study in publications()
    for expected in study["expected"]
    if expected["coefficient"] in OURS
    and not (expected["coefficient"] in NEEDS_NUMBERS and isinstance(study["data"][0][0], str))
]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_published_figure(name: str, expected: dict[str, Any]) -> None:
    coefficient, level, figure = OURS[expected["coefficient"]]
    ours = found(name, coefficient, level)
    assert getattr(ours, figure) == pytest.approx(expected["value"], abs=expected["tol"], rel=0)
    if "exact" in expected:
        assert ours.value == pytest.approx(float(Fraction(expected["exact"])), abs=1e-12)
    if "pa" in expected and coefficient != "krippendorff_alpha":  # irrCAC splits alpha in another way
        assert ours.observed == pytest.approx(expected["pa"], abs=1e-12)
        if coefficient == "gwet_ac1":
            assert ours.expected == pytest.approx(expected["pe"], abs=1e-12)


def test_every_figure_is_ours_or_known_to_be_another() -> None:
    unknown = [
        (name, expected["coefficient"])
        for name, study in publications()
        for expected in study["expected"]
        if expected["coefficient"] not in (*OURS, *OTHERS)
        and not expected["coefficient"].startswith(OTHER_FAMILIES)
        and not expected["coefficient"].endswith(OTHER_WEIGHTS)
    ]
    assert unknown == []
    assert len(CASES) >= 45
    assert all(study["citation"] for _, study in publications())


@pytest.mark.parametrize(
    ("coefficient", "level", "value"),
    [
        ("percent_agreement", "nominal", 0.818),  # not .800, which is over pairs of ratings
        ("krippendorff_alpha", "nominal", 0.743),
        ("krippendorff_alpha", "ordinal", 0.815),  # not .834 (irrCAC's ordinal weights), not .800 (|a - b|)
        ("krippendorff_alpha", "interval", 0.849),
        ("krippendorff_alpha", "ratio", 0.797),
        ("gwet_ac1", "nominal", 0.775),
    ],
)
def test_krippendorffs_table_with_missing_ratings(coefficient: str, level: str, value: float) -> None:
    ours = found("krippendorff2011_12x4", coefficient, level)
    assert round(ours.value, 3) == value
    assert (ours.n_items, ours.n_pairable_items, ours.n_ratings, ours.n_annotators) == (12, 11, 41, 4)


def test_masi_is_passonneaus() -> None:
    study = json.loads((GOLDEN / "masi_pairs_and_alpha.json").read_text(encoding="utf-8"))
    for pair in study["pairs"]:
        name = f"masi_distance_passonneau2006 {pair[0]} {pair[1]}"
        published = next(e["value"] for e in study["expected"] if e["coefficient"] == name)
        assert masi([encode_set(pair[0]), encode_set(pair[1])])[0, 1] == pytest.approx(published, abs=1e-12)
    assert np.array_equal(masi(["[]", "[]", '["A"]']), [[0, 0, 1], [0, 0, 1], [1, 1, 0]])


def test_counts_and_ratings_give_the_same() -> None:
    """Fleiss 1971 as ratings, and as the counts that the paper prints."""
    study = json.loads((GOLDEN / "fleiss1971_30x6.json").read_text(encoding="utf-8"))
    names = sorted({category for item in study["data"] for category in item})
    counts = [[item.count(name) for name in names] for item in study["data"]]
    of_counts: list[Estimate] = estimate(from_items(counts, names), replicates=0)
    of_ratings = measure(ratings(study), level={"v": "nominal"}, replicates=0)
    assert [one.value for one in of_counts] == of_ratings["value"].tolist()
