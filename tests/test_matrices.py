"""Distances and weights of one's own: published figures, what is refused, and how they are said."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import annotate
from annotate.agreement import from_matrix, measure
from annotate.agreement._estimate import estimate
from annotate.codebook.matrices import Matrix, matrix_of, read_matrix
from annotate.codebook.scale import Scale, scales_of
from annotate.counts.distance import WEIGHTS, distances_between, weight_matrix
from annotate.errors import AnnotateError, StatisticsError
from annotate.sampling import Interval

GOLDEN = Path(__file__).parent / "golden"


def published(name: str) -> tuple[dict[str, Any], dict[str, float], list[list[str]]]:
    """A paper, its figures, and its ratings, items x annotators."""
    study = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    names = study["categories"]
    items = [
        [names[row], names[column]]
        for row, cells in enumerate(study["table"])
        for column, count in enumerate(cells)
        for _ in range(count)
    ]
    return study, {one["coefficient"]: one for one in study["expected"]}, items


def frame(values: Any, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(values, names, names)


def value(items: list[list[str]], coefficient: str, **scale: Any) -> float:
    return estimate(from_matrix(items, Scale("nominal", **scale)), [coefficient], Interval("none"))[0].value


def test_cohens_weighted_kappa() -> None:
    """He prints disagreement weights; the weight of an agreement is 1 less them, over the largest."""
    study, figures, items = published("cohen1968_weighted")
    apart = np.array(study["disagreement_weights"])
    weights = matrix_of(frame(1 - apart / apart.max(), study["categories"]))
    for name, given in (("cohen_kappa", None), ("weighted_kappa", weights)):
        found = value(items, "cohen_kappa", weights=given)
        assert found == pytest.approx(figures[name]["value"], abs=figures[name]["tol"])


def test_artstein_and_poesios_weighted_coefficients() -> None:
    study, figures, items = published("artstein_poesio2008_weighted")
    distances = np.array(study["distances"])
    alpha = value(items, "krippendorff_alpha", distance=matrix_of(frame(distances, study["categories"])))
    kappa = value(items, "cohen_kappa", weights=matrix_of(frame(1 - distances, study["categories"])))
    for name, found in (("weighted_alpha", alpha), ("weighted_kappa", kappa)):
        assert found == pytest.approx(figures[name]["value"], abs=figures[name]["tol"])
    doubled = matrix_of(frame(2 * distances, study["categories"]))  # a unit changes nothing
    assert value(items, "krippendorff_alpha", distance=doubled) == pytest.approx(alpha, abs=1e-12)


def test_weights_written_out_are_the_weights_of_the_name() -> None:
    names = ("1", "2", "3", "4")
    rng = np.random.default_rng(4)
    items = rng.choice(names, (40, 3)).tolist()
    ordered = ["cohen_kappa", "fleiss_kappa", "conger_kappa", "brennan_prediger", "gwet_ac2"]
    for name in WEIGHTS:
        written = matrix_of(frame(weight_matrix(name, "ordinal", names), list(names)))
        of_name, of_table = (
            estimate(from_matrix(items, Scale("ordinal", names, one)), ordered, Interval("none"))
            for one in (name, written)
        )
        assert [one.value for one in of_table] == pytest.approx([one.value for one in of_name], nan_ok=True)
    nominal = frame(1 - np.eye(4), list(names))
    at = {"ordinal": matrix_of(nominal), "nominal": None}
    plain, own = (
        estimate(from_matrix(items, Scale(level, names, None, one)), "krippendorff_alpha", Interval("none"))
        for level, one in at.items()
    )
    assert plain[0].value == pytest.approx(own[0].value, abs=1e-12)


def test_circular_and_bipolar_distances_are_krippendorffs() -> None:
    """Hours 0 and 23 are as near as 0 and 1; near a pole a step is farther than in the middle."""
    hours = tuple(map(str, range(24)))
    clock = distances_between(Scale("interval", hours, None, "circular"), np.ones(24))
    assert clock[0, 23] == pytest.approx(clock[0, 1])
    assert clock[0, 12] == clock.max() == 1
    assert clock[0, 6] == pytest.approx(np.sin(np.pi * 6 / 24) ** 2)
    poles = distances_between(Scale("interval", ("0", "1", "2", "3", "4"), None, "bipolar"), np.ones(5))
    assert poles[0, 1] > poles[1, 2]
    assert poles[1, 2] == pytest.approx((1 / ((3 - 0) * (8 - 3))) / (16 / (4 * 4)))


def test_two_digits_more_than_a_table_holds() -> None:
    """With more categories than a table over pairs is made of, these weights are still had."""
    names = tuple(str(number) for number in range(1, 201))
    rng = np.random.default_rng(1)
    items = rng.choice(names, (60, 2)).tolist()
    found = estimate(
        from_matrix(items, Scale("interval", names, "radical")), ["fleiss_kappa"], Interval("none")
    )
    places = np.arange(1, 201)
    weights = 1 - np.sqrt(np.abs(places[:, None] - places) / 199)
    codes = np.array(items, dtype=int) - 1
    shares = np.bincount(codes.ravel(), minlength=200) / codes.size
    observed, expected = weights[codes[:, 0], codes[:, 1]].mean(), shares @ weights @ shares
    assert found[0].value == pytest.approx((observed - expected) / (1 - expected), abs=1e-12)


REFUSED = [
    ("a,b\n", "the header and the first column are the same categories; they differ in b"),
    (",a,b\na,0,1\n", "the header and the first column are the same categories; they differ in b"),
    (",a,b\na,0,1\nc,1,0\n", "they differ in b, c"),
    (",a,b\na,0,1\nb,2,0\n", "a and b: 1 is not the same the other way round"),
    (",a,b\na,0,-1\nb,-1,0\n", "a and b: -1 is below 0"),
    (",a,b\na,0,x\nb,1,0\n", "the row of a holds what is not a number"),
    (",a,b\na,0,nan\nb,nan,0\n", "a and b: nan is not a finite number"),
    (",a,b\na,0,1\nb,1,0.5\n", "b with itself: 0.5; the diagonal is 0 in distances, 1 in weights"),
    (",a,b\na,1,1.5\nb,1.5,1\n", "a and b: 1.5 is above 1"),
    (",a,a\na,0,1\na,1,0\n", "stands twice"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_is_no_matrix_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "far.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnnotateError, match=said) as refused:
        read_matrix(path)
    assert "far.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_matrix_of_other_categories_or_of_the_other_kind_is_refused() -> None:
    far = matrix_of(frame([[0, 1], [1, 0]], ["a", "b"]))
    near = matrix_of(frame([[1, 0], [0, 1]], ["a", "b"]))
    for said, asked in (
        ("variable v: .* it is of a, b, and the variable offers a, b, c", {"distance": far}),
        ("these are distances, .* give them as distance", {"weights": far}),
        ("these are weights, .* give them as weights", {"distance": near}),
    ):
        with pytest.raises(StatisticsError, match=said):
            scales_of({"v": "nominal"}, {"v": ["a", "b", "c"]}, **asked)
    with pytest.raises(StatisticsError, match="level set has sets"):
        Scale("set", distance=far)
    with pytest.raises(StatisticsError, match="w: no such variable; there are v"):
        scales_of({"v": "nominal"}, distance={"w": far})
    with pytest.raises(StatisticsError, match="2 categories need 2 rows of 2 numbers"):
        Matrix("far", ("a", "b"), ((0.0, 1.0),))


def test_a_matrix_declares_the_categories_that_nobody_declared() -> None:
    far = matrix_of(frame([[0, 1, 2], [1, 0, 1], [2, 1, 0]], ["low", "middle", "high"]))
    scale = scales_of({"v": "ordinal"}, distance=far)["v"]
    assert scale.categories == ("low", "middle", "high")


def ratings() -> pd.DataFrame:
    rows = [
        (f"p{item}", f"A{who}", "tone", category)
        for item, pair in enumerate(["aa", "ab", "bb", "bc", "cc", "ac", "aa", "cc"])
        for who, category in enumerate(pair)
    ]
    return pd.DataFrame(rows, columns=["item", "annotator", "variable", "category"])


def test_the_chosen_matrix_stands_in_every_result(run: Any, tmp_path: Path) -> None:
    path, far = tmp_path / "ratings.csv", tmp_path / "far.csv"
    ratings().assign(source="S").to_csv(path, index=False)
    far.write_text(",a,b,c\na,0,1,2\nb,1,0,1\nc,2,1,0\n", encoding="utf-8")
    name = f"far.csv (sha256 {sha256(far.read_bytes()).hexdigest()[:12]})"
    asked = ["agreement", str(path), "--level", "tone=nominal", "--coefficient", "krippendorff_alpha"]
    for option in (f"tone={far}", str(far)):
        code, out, _ = run(*asked, "--distance", option, "--format", "json")
        (row,) = json.loads(out)
        assert (code, row["distance"]) == (0, name)
        scales = {"tone": Scale("nominal", distance=read_matrix(far))}
        assert (
            row["value"] == measure(ratings(), scales=scales, coefficients="krippendorff_alpha")["value"][0]
        )
    code, out, _ = run(*asked, "--distance", str(far))
    assert (code, f"distance: {name} (" in " ".join(out.split())) == (0, True)
    two = tmp_path / "two.csv"
    ratings().assign(source=lambda one: "S" + one["item"].str[-1]).to_csv(two, index=False)
    for command in (["compare"], ["plan", "--half-width", "0.2"]):
        beside = [*command, two, "--level", "tone=nominal", "--coefficient", "krippendorff_alpha"]
        code, out, err = run(*beside, "--distance", str(far), "--format", "json")
        assert code == 0, err
        assert {row["distance"] for row in json.loads(out)} == {name}
        code, out, _ = run(*beside, "--distance", str(far))
        assert (code, f"distance: {name} (" in " ".join(out.split())) == (0, True)
        assert "distance" not in json.loads(run(*beside, "--format", "json")[1])[0]
    for option, said in (
        (("--distance", "tone=gone.csv"), "gone.csv: no such file"),
        (("--weights", str(far)), "give them as distance"),
        (("--distance", "tone=odd"), "there are masi, jaccard, linear, radical, circular, bipolar"),
        (("--weights", "tune=linear"), "tune: no such variable; there are tone"),
    ):
        code, _, err = run(*asked, *option)
        assert (code, said in err) == (1, True), err
        assert len(err.strip().splitlines()) == 1
    assert run(*asked, "--weights", "linear", "--weights", "ordinal")[0] == 2


def test_a_frame_in_a_notebook() -> None:
    study = annotate.open_study(ratings().assign(source="S"))
    near = frame([[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]], ["a", "b", "c"])
    asked = {"level": "nominal", "coefficients": ["fleiss_kappa", "krippendorff_alpha"], "interval": "none"}
    written = study.agreement(weights=near, distance={"tone": 1 - near}, **asked).frame
    level = {"level": "ordinal", "order": {"tone": ["a", "b", "c"]}}
    named = study.agreement(weights="linear", distance="linear", **{**asked, **level}).frame
    assert written["value"].tolist() == pytest.approx(named["value"].tolist(), abs=1e-12)
    assert written["weights"][0].startswith("frame (sha256 ")
    assert named["distance"].tolist() == [None, "linear"]
    with pytest.raises(StatisticsError, match="neither a name nor a frame"):
        study.agreement(weights=3, **asked)


def test_disagreements_are_by_the_distance_too() -> None:
    far = matrix_of(frame([[0, 1, 4], [1, 0, 1], [4, 1, 0]], ["a", "b", "c"]))
    scales = {"tone": Scale("ordinal", distance=far)}
    first = annotate.agreement.contributions(ratings(), scales=scales).iloc[0]
    assert first["item"] == "p5"
    alpha = measure(ratings(), scales=scales, coefficients="krippendorff_alpha")["value"][0]
    lost = annotate.agreement.contributions(ratings(), scales=scales)["alpha_lost"].sum()
    assert lost == pytest.approx(1 - alpha)


@pytest.mark.parametrize("name", ["linear", "circular"])
def test_a_distance_of_order_needs_one(name: str) -> None:
    row = measure(
        ratings(),
        scales={"tone": Scale("nominal", distance=name)},
        coefficients="krippendorff_alpha",
    ).iloc[0]
    assert (
        row["undefined"]
        == f"{name} distances need an order of the categories, which level nominal does not have"
    )
