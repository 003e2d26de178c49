"""A table that stays where it is: checked in the same words as one in memory, with the same digits at the end."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from annotate.agreement import compare, contributions, measure, pairs
from annotate.codebook.scale import Scale
from annotate.consensus import resolve
from annotate.errors import AnnotateError
from annotate.sampling import Interval
from annotate.study.queried import read_queried
from annotate.study.ratings import REQUIRED, write_ratings
from annotate.study.study import read_study

NEEDED = [*REQUIRED, "round"]


def outcome(read: Callable[..., Any], path: Path, **options: Any) -> Any:
    """What a reader says of a file: the error; or its rows, its cautions and what is left out."""
    try:
        study = read(path, **options)
    except AnnotateError as error:
        return type(error).__name__, str(error)
    rows = study.ratings
    told = sorted(rows[NEEDED].itertuples(index=False, name=None))
    return told, list(rows.columns), study.cautions, study.left_out, study.variables


def the_same(path: Path, *, config: Path | None = None, missing: str | Sequence[str] = (), **_: Any) -> None:
    """Both ways of reading a table say the same of it."""
    options = {"config": config, "missing": missing}
    assert outcome(read_queried, path, **options) == outcome(read_study, path, **options)


def study_of(n_items: int = 300, people: int = 4, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"p{item}",
            f"s{item % 3}",
            f"A{who}",
            variable,
            f"c{rng.integers(4) if rng.random() < 0.4 else item % 4}",
        )
        for item in range(n_items)
        for who in range(people)
        for variable in ("v", "w")
        if rng.random() < 0.8
    ]
    frame = pd.DataFrame(rows, columns=[*REQUIRED], dtype="str")
    frame["document"] = "d" + (frame["item"].str[1:].astype(int) // 5).astype("str")
    return frame.assign(team=[f"t{number % 2}" for number in range(len(frame))])


SCALES = {"v": Scale("nominal"), "w": Scale("ordinal", ("c0", "c1", "c2", "c3"))}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("queried") / "r.parquet"
    write_ratings(study_of(), path)
    return path


ASKED: dict[str, Callable[[Any], pd.DataFrame]] = {
    "agreement": lambda one: measure(one, scales=SCALES, coefficients="all"),
    "over items, by source": lambda one: measure(
        one, scales=SCALES, by="source", interval=Interval("bca", cluster=None)
    ),
    "by what is not of an item": lambda one: measure(one, scales=SCALES, by="team"),
    "by category": lambda one: measure(one, scales=SCALES, per_category=True, interval=Interval("none")),
    "annotators drawn": lambda one: measure(one, scales=SCALES, interval=Interval(resample="both")),
    "compare": lambda one: compare(one, scales=SCALES, permutations=49, interval=Interval(cluster=None)),
    "pairs": lambda one: pairs(one, scales=SCALES, by="source"),
    "contributions": lambda one: contributions(one, scales=SCALES, top=7),
    "majority": lambda one: resolve(one, scales=SCALES),
    "Dawid-Skene": lambda one: resolve(one, scales=SCALES, method="dawid-skene", starts=2),
}


@pytest.mark.parametrize("question", ASKED)
def test_the_digits_are_those_of_a_table_in_memory(written: Path, question: str) -> None:
    ask, queried = ASKED[question], read_queried(written)
    expected = ask(read_study(written).ratings)
    for _ in range(2):  # the second answer comes from what is kept of the first
        pd.testing.assert_frame_equal(ask(queried.rated), expected)


def test_more_ratings_than_reckoned_with_and_annotators_than_bits(tmp_path: Path) -> None:
    """Twenty ratings an item overflow the first packing; 200 annotators share 64 bits."""
    rng = np.random.default_rng(5)
    rows = [
        (f"p{item}", "s", f"A{who}", "v", f"c{rng.integers(3)}")
        for item in range(30)
        for who in rng.permutation(200)[:20]
    ]
    path = tmp_path / "r.parquet"
    write_ratings(pd.DataFrame(rows, columns=[*REQUIRED], dtype="str"), path)
    the_same(path)
    asked = {"scales": SCALES, "coefficients": "krippendorff_alpha"}
    pd.testing.assert_frame_equal(
        measure(read_queried(path).rated, **asked), measure(read_study(path).ratings, **asked)
    )
    write_ratings(pd.DataFrame([*rows, rows[77]], columns=[*REQUIRED], dtype="str"), path)
    the_same(path)


@pytest.mark.parametrize(
    "columns",
    [
        {"item": [1, 2, 3]},
        {"item": [1.0, 2.5, 1e16]},
        {"category": [1.0, None, 2.0]},
        {"category": [1, None, 2]},
        {"category": [True, False, True]},
        {"category": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-02 10:00"], format="ISO8601")},
        {"category": pd.Categorical(["x", "y", "x"])},
        {"category": [["b", "a"], [], None]},
        {"item": [["i"], ["j"], ["k"]]},
        {"source": [None, "s", " s"]},
        {"document": ["d1", "d1", None]},
        {"document": ["cafe\u0301", "caf\u00e9", "d"]},
        {"round": [1, 2, 3]},
        {"round": [1.0, 2.0, 2.5]},
        {"round": ["1", " 2", "x"]},
        {"Item": ["I", "J", "K"], "Team": ["a", "b", "c"], "team": ["d", "e", "f"]},
        {"item": ["p1", "p1", "p2"], "annotator": ["A", "B", "A"], "source": ["S", "T", "S"]},
        {"item": ["p 1", "p\u00a01", "p1"]},
        {"item": ["\u200b", "p", "q"]},
        {"item": ["007", "7", "+7"]},
        {"file_row_number": [7, 8, 9]},
    ],
)
@pytest.mark.parametrize("missing", [(), ("",)])
def test_columns_that_are_no_plain_text_are_read_alike(
    tmp_path: Path, columns: dict[str, Any], missing: tuple[str, ...]
) -> None:
    path = tmp_path / "r.parquet"
    base = {
        "item": ["i", "j", "k"],
        "source": "s",
        "annotator": "a",
        "variable": "v",
        "category": ["x", "y", "x"],
    }
    pd.DataFrame({**base, **columns}).to_parquet(path)
    found = [outcome(read, path, missing=missing) for read in (read_queried, read_study)]
    if "Team" in columns:  # of two columns that differ in case DuckDB keeps the first
        found = [one[:1] for one in found]
    assert found[0] == found[1]


def test_a_limit_that_is_none_is_refused(written: Path) -> None:
    with pytest.raises(AnnotateError, match="'lots' is not an amount"):
        read_queried(written, memory="lots")


def test_what_does_not_fit_goes_to_the_disk(tmp_path: Path) -> None:
    """400,000 ratings within 60 MB, which the codes of the table alone would take several times."""
    path = tmp_path / "r.parquet"
    n = 400_000
    item = np.arange(n) // 2
    frame = pd.DataFrame(
        {
            "item": np.char.add("a passage with a long name ", item.astype(str)),
            "source": "s",
            "annotator": np.where(np.arange(n) % 2, "A", "B"),
            "variable": "v",
            "category": np.where((np.arange(n) * 7919) % 13 < 4, "x", "y"),
        }
    )
    frame.to_parquet(path)
    asked = {"scales": SCALES, "coefficients": "krippendorff_alpha", "interval": Interval(cluster=None)}
    found = measure(read_queried(path, memory="60MB").rated, **asked)
    pd.testing.assert_frame_equal(found, measure(frame, **asked))


def test_the_command_takes_either_engine(run: Any, tmp_path: Path) -> None:
    write_ratings(study_of(), tmp_path / "r.parquet")
    write_ratings(study_of(), tmp_path / "r.csv")
    levels = ("--level", "v=nominal", "--level", "w=nominal", "--format", "csv")
    for words in (
        ("agreement", "--by", "source"),
        ("disagreements", "--top", "3"),
        ("consensus", "--method", "dawid-skene"),
        ("annotators", "pairs"),
        ("agreement", "--machine", "A1"),
    ):
        cut = 2 if words[0] == "annotators" else 1
        first, *others = (
            run(*words[:cut], name, *words[cut:], *levels, "--engine", engine)
            for name in ("r.parquet", "r.csv")
            for engine in ("pandas", "duckdb")
        )
        assert first[0] == 0, first
        assert all(other == first for other in others)


def test_ratings_coded_with_a_suggestion_in_sight_are_left_out_alike(run: Any, tmp_path: Path) -> None:
    frame = study_of().assign(suggested=lambda rows: np.where(rows["team"] == "t0", "model 1", " "))
    write_ratings(frame, tmp_path / "r.parquet")
    words = ("agreement", "r.parquet", "--level", "v=nominal", "--level", "w=nominal", "--without-suggested")
    found = [run(*words, "--engine", engine, "--format", "json") for engine in ("pandas", "duckdb")]
    assert found[0] == found[1]
    assert "left out" in found[0][2]


def test_the_engine_is_refused_where_it_does_not_fit(run: Any, tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text("[]", encoding="utf-8")
    code, _, err = run("agreement", "e.json", "--engine", "duckdb")
    assert (code, "holds no task" in err) == (1, True)
    (tmp_path / "e.txt").write_text("", encoding="utf-8")
    code, _, err = run("agreement", "e.txt", "--engine", "duckdb")
    assert (code, "neither a Label Studio export" in err) == (1, True)
    code, _, err = run("agreement", "e.json", "--engine", "pandas", "--memory", "1GB")
    assert (code, "--memory is for duckdb" in err) == (1, True)
