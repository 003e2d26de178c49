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

from annotate.agreement import COEFFICIENTS, Estimate, estimate, from_items, measure
from annotate.codebook.scale import Scale
from annotate.counts.distance import masi
from annotate.sampling import Interval
from annotate.study.ratings import encode_set

GOLDEN = Path(__file__).parent / "golden"

# Of one of ours: coefficient, level, weights, and which of the three figures is printed.
Ours = tuple[str, str, str | None, str]


def family(coefficient: str, level: str = "nominal") -> Ours:
    return (coefficient, level, None, "value")


# What the publications call it.
OURS: dict[str, Ours] = {
    **dict.fromkeys(("percent", "pa", "pa/unweighted", "Po"), family("percent_agreement")),
    **dict.fromkeys(("alpha", "alpha/unweighted", "alpha_nominal"), family("krippendorff_alpha")),
    "alpha_ordinal": family("krippendorff_alpha", "ordinal"),
    "alpha_interval": family("krippendorff_alpha", "interval"),
    "alpha_ratio": family("krippendorff_alpha", "ratio"),
    "alpha/quadratic": family("krippendorff_alpha", "interval"),
    "alpha/ratio": family("krippendorff_alpha", "ratio"),
    "alpha_passonneau_masi_9items": family("krippendorff_alpha", "set"),
    "alpha_jaccard_9items": family("krippendorff_alpha", "set"),
    **dict.fromkeys(("AC1", "gwet", "gwet/unweighted"), family("gwet_ac1")),
    "AC1_pe": ("gwet_ac1", "nominal", None, "expected"),
    "AC2_quadratic": ("gwet_ac2", "ordinal", "quadratic", "value"),
    **dict.fromkeys(("cohen_kappa", "kappa"), family("cohen_kappa")),
    "cohen_po": ("cohen_kappa", "nominal", None, "observed"),
    "cohen_pe": ("cohen_kappa", "nominal", None, "expected"),
    **dict.fromkeys(("scott_pi", "scott"), family("scott_pi")),
    **dict.fromkeys(("conger_kappa", "conger/unweighted"), family("conger_kappa")),
    **dict.fromkeys(("fleiss_kappa", "fleiss", "fleiss/unweighted"), family("fleiss_kappa")),
    "Pe": ("fleiss_kappa", "nominal", None, "expected"),
    "light_kappa": family("light_kappa"),
    **dict.fromkeys(
        ("bennett_S", "randolph_kappa_free", "randolph_kappa", "bp", "bp/unweighted"),
        family("brennan_prediger"),
    ),
}
for weights in ("linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"):
    OURS |= {
        f"pa/{weights}": ("brennan_prediger", "ordinal", weights, "observed"),
        f"bp/{weights}": ("brennan_prediger", "ordinal", weights, "value"),
        f"fleiss/{weights}": ("fleiss_kappa", "ordinal", weights, "value"),
        f"conger/{weights}": ("conger_kappa", "ordinal", weights, "value"),
        f"gwet/{weights}": ("gwet_ac2", "ordinal", weights, "value"),
        f"cohen_kappa/{weights}": ("cohen_kappa", "ordinal", weights, "value"),
        f"cohen_po/{weights}": ("cohen_kappa", "ordinal", weights, "observed"),
        f"cohen_pe/{weights}": ("cohen_kappa", "ordinal", weights, "expected"),
    }
# Of irrCAC, which measures alpha by 1 minus a weight; its ratio and quadratic weights are Krippendorff's distances.
FAR = {f"alpha/{distance}": distance for distance in ("linear", "radical", "circular", "bipolar")}
OURS |= dict.fromkeys(FAR, family("krippendorff_alpha", "ordinal"))
NEEDS_NUMBERS = {
    "alpha/quadratic",
    "alpha/ratio",
}  # on letters irrCAC numbers the categories as it finds them
JACCARD = {"alpha_jaccard_9items"}
OF_CATEGORY = ("fleiss_kappa_category_", "specific ")

# Figures of definitions that are not ours: the largest kappa that the margins allow, a test statistic,
# alpha with 1 minus the ordinal weight for a distance (irrCAC's "ordinal" is not Krippendorff's), and dkpro's MASI.
OTHERS = (
    *("kappa_max", "fleiss_kappa_z_H0", "alpha/ordinal"),
    *("alpha_dkproMASI_9items", "Do_dkproMASI", "De_dkproMASI"),
)
ELSEWHERE = ("masi_distance_", "nltk_doctest", "alpha_masi_nonempty_subset")  # in tests of their own below


# Of intraclass correlations, see test_icc; of paired tests, see test_coder_kinds; of spans, see test_unitizing; of error rates, see test_dawid_skene; of
# distances and weights that a paper sets, see test_matrices; of ranks, see test_concordance; of benchmarks, see test_benchmark; of gamma, see test_gamma.
OTHER_TESTS = {
    "gwet2016_paired_15x4",
    "shrout_fleiss1979_6x4",
    "gwet2021_iccdata1",
    "krippendorff1995_24x2",
    "krippendorff2004_alphaU",
    "dawid_skene1979_anaesthetists",
    "cohen1968_weighted",
    "artstein_poesio2008_weighted",
    "irr_anxiety_20x3",
    "irrcac_benchmark",
    "mathet2015_gamma",
}


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


def order(study: dict[str, Any]) -> list[str]:
    """The categories as irrCAC orders them."""
    if "table_rows_rater1_cols_rater2" in study:
        return [str(column) for column in range(len(study["table_rows_rater1_cols_rater2"]))]
    return sorted(set(ratings(study)["category"]))


@cache
def found(
    name: str, coefficient: str, level: str, weights: str | None = None, distance: str | None = None
) -> Any:
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    if "counts_units_by_category" in study:
        counts = study["counts_units_by_category"]
        patterns = from_items(
            counts, Scale("nominal", tuple([str(column) for column in range(len(counts[0]))]))
        )
        return estimate(patterns, [coefficient], interval=Interval(replicates=0))[0]
    declared: tuple[str, ...] = ()
    if level == "ordinal" or "table_rows_rater1_cols_rater2" in study:
        declared = tuple(order(study))
    scales = {"v": Scale(level, declared, weights, distance)}
    return next(
        measure(
            ratings(study), coefficients=[coefficient], scales=scales, interval=Interval("none")
        ).itertuples()
    )


CASES = [
    pytest.param(name, expected, id=f"{name}-{expected['coefficient']}")
    for name, study in publications()
    for expected in study["expected"]
    if expected["coefficient"] in OURS
    and not (expected["coefficient"] in NEEDS_NUMBERS and isinstance(study["data"][0][0], str))
]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_published_figure(name: str, expected: dict[str, Any]) -> None:
    called = expected["coefficient"]
    coefficient, level, weights, figure = OURS[called]
    ours = found(name, coefficient, level, weights, "jaccard" if called in JACCARD else FAR.get(called))
    assert getattr(ours, figure) == pytest.approx(expected["value"], abs=expected["tol"], rel=0)
    if "exact" in expected:
        assert ours.value == pytest.approx(float(Fraction(expected["exact"])), abs=1e-12)
    if "pa" in expected and coefficient != "krippendorff_alpha":  # irrCAC splits alpha in another way
        assert ours.observed == pytest.approx(expected["pa"], abs=1e-12)
        if not called.startswith("pa/"):
            assert ours.expected == pytest.approx(expected["pe"], abs=1e-12)


def test_every_figure_is_ours_or_known_to_be_another() -> None:
    unknown = [
        (name, expected["coefficient"])
        for name, study in publications()
        for expected in study["expected"]
        if expected["coefficient"] not in (*OURS, *OTHERS)
        and not expected["coefficient"].startswith((*OF_CATEGORY, *ELSEWHERE))
    ]
    assert unknown == []
    assert {file.stem for file in GOLDEN.glob("*.json")} == {name for name, _ in publications()} | OTHER_TESTS
    assert len(CASES) >= 185
    called = {expected["coefficient"] for _, study in publications() for expected in study["expected"]}
    assert {OURS[name][0] for name in called & OURS.keys()} == set(COEFFICIENTS)
    assert all(study["citation"] for _, study in publications())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(name, expected, id=f"{name}-{expected['coefficient']}")
        for name, study in publications()
        for expected in study["expected"]
        if expected["coefficient"].startswith(OF_CATEGORY)
    ],
)
def test_published_figure_of_a_category(name: str, expected: dict[str, Any]) -> None:
    """Fleiss's kappa of each diagnosis, and positive and negative agreement."""
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    prefix = next(one for one in OF_CATEGORY if expected["coefficient"].startswith(one))
    ours = measure(
        ratings(study),
        coefficients=["fleiss_kappa"],
        scales={"v": Scale("nominal", tuple(order(study)))},
        per_category=True,
        interval=Interval(replicates=0),
    ).set_index(["category", "coefficient"])["value"]
    coefficient = "specific_agreement" if prefix == "specific " else "fleiss_kappa"
    value = ours[expected["coefficient"].removeprefix(prefix), coefficient]
    assert value == pytest.approx(expected["value"], abs=expected["tol"], rel=0)


@pytest.mark.parametrize(
    ("coefficient", "level", "value"),
    [
        ("percent_agreement", "nominal", 0.818),  # not .800, which is over pairs of ratings
        ("krippendorff_alpha", "nominal", 0.743),
        ("krippendorff_alpha", "ordinal", 0.815),  # not .834 (irrCAC's ordinal weights), not .800 (|a - b|)
        ("krippendorff_alpha", "interval", 0.849),
        ("krippendorff_alpha", "ratio", 0.797),
        ("gwet_ac1", "nominal", 0.775),
        ("fleiss_kappa", "nominal", 0.761),  # not .737, which is over pairs of ratings
        ("conger_kappa", "nominal", 0.763),
        ("brennan_prediger", "nominal", 0.773),
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
    doctest = next(e["value"] for e in study["expected"] if e["coefficient"].startswith("nltk_doctest"))
    assert masi(['["1","2"]', '["1","2","3","4"]'])[0, 1] == pytest.approx(doctest, abs=1e-12)
    assert np.array_equal(masi(["[]", "[]", '["A"]']), [[0, 0, 1], [0, 0, 1], [1, 1, 0]])


def test_masi_of_sets_that_are_not_empty() -> None:
    study = json.loads((GOLDEN / "masi_pairs_and_alpha.json").read_text(encoding="utf-8"))
    full = {"set_items_2_raters": [item for item in study["set_items_2_raters"] if all(item)]}
    published = next(
        e["value"] for e in study["expected"] if e["coefficient"] == "alpha_masi_nonempty_subset"
    )
    ours = measure(
        ratings(full),
        coefficients=["krippendorff_alpha"],
        scales={"v": Scale("set")},
        interval=Interval(replicates=0),
    )
    assert ours["value"].iloc[0] == pytest.approx(published, abs=1e-12)


def test_counts_and_ratings_give_the_same() -> None:
    """Fleiss 1971 as ratings, and as the counts that the paper prints."""
    study = json.loads((GOLDEN / "fleiss1971_30x6.json").read_text(encoding="utf-8"))
    names = sorted({category for item in study["data"] for category in item})
    counts = [[item.count(name) for name in names] for item in study["data"]]
    of_counts: list[Estimate] = estimate(
        from_items(counts, Scale("nominal", tuple(names))), interval=Interval(replicates=0)
    )
    of_ratings = measure(ratings(study), scales={"v": Scale("nominal")}, interval=Interval(replicates=0))
    assert [one.value for one in of_counts] == of_ratings["value"].tolist()
