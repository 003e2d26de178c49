"""The reduction: exact, and the same on every engine."""

import shutil
from collections import Counter
from collections.abc import Callable
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate import consensus
from annotate.agreement import (
    cautions,
    compare,
    confusions,
    contributions,
    disagreements,
    from_items,
    leave_one_out,
    measure,
    pairs,
    plan,
    rounds,
)
from annotate.agreement import majority as majority_of_others
from annotate.codebook.scale import Scale, scales_of
from annotate.coordination.following.outliers import far_from_others
from annotate.counts import coded
from annotate.counts.table import CodedTable, Packing, QueriedTable, RatingsTable, Tally, open_table
from annotate.errors import AnnotateError, TableError
from annotate.provenance import profile
from annotate.sampling import Interval

Rows = list[tuple[Any, ...]]
COLUMNS = ["item", "source", "annotator", "variable", "category", "round"]


def frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[:5], "str"))


def random_ratings(seed: int = 1, n_items: int = 60, n_categories: int = 9) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"p{item}",
            f"source {item % 4}",
            f"A{annotator}",
            variable,
            f"c{rng.integers(n_categories)}",
            1 + item % 11,
        )
        for variable in ("claim type", "certainty's")
        for item in range(n_items)
        for annotator in range(5)
        if rng.random() < 0.6
    ]
    return frame(rows)


def relation(ratings: pd.DataFrame) -> Any:
    connection = duckdb.connect()
    connection.register("ratings", ratings)
    return connection.sql("SELECT * FROM ratings")


ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas, object columns": lambda ratings: ratings.astype(object),
    "pandas, by Narwhals": nw.from_native,
    "polars": pl.from_pandas,
    "polars, lazy": lambda ratings: pl.from_pandas(ratings).lazy(),
    "DuckDB": relation,
}


def by_hand(
    ratings: pd.DataFrame, variable: str, columns: dict[str, int], by: list[str]
) -> dict[Any, Counter[Any]]:
    """Each group's patterns, counted one rating at a time."""
    items: dict[Any, list[int]] = {}
    for row in ratings[ratings["variable"] == variable].to_dict("records"):
        for group in {tuple(row[column] for column in by), (None,) * len(by)}:
            counts = items.setdefault((group, row["item"]), [0] * (max(columns.values()) + 1))
            counts[columns[row["category"]]] += 1
    groups: dict[Any, Counter[Any]] = {}
    for (group, _), counts in items.items():
        groups.setdefault(group, Counter())[tuple(counts)] += 1
    return groups


def as_counters(tallies: list[Tally]) -> dict[Any, Counter[Any]]:
    return {
        tally.group: Counter(
            dict(zip(map(tuple, tally.counts.tolist()), tally.n_items.tolist(), strict=True))
        )
        for tally in tallies
    }


def tables(ratings: pd.DataFrame, by: list[str]) -> dict[str, RatingsTable]:
    return {
        "coded": open_table(ratings, by),
        "queried": QueriedTable(nw.from_native(ratings).lazy(), by),
        "DuckDB": open_table(relation(ratings), by),
    }


@st.composite
def ratings_tables(draw: st.DrawFn) -> pd.DataFrame:
    judgements = draw(
        st.lists(
            st.tuples(
                st.integers(0, 5),
                st.integers(0, 3),
                st.sampled_from("vw"),
                st.integers(0, 40),
                st.integers(1, 12),
            ),
            min_size=1,
            max_size=25,
            unique_by=lambda one: one[:3],
        )
    )
    return frame([(f"p{i}", f"s{i % 3}", f"A{a}", v, f"c{c}", r) for i, a, v, c, r in judgements])


def who_by_hand(
    ratings: pd.DataFrame, variable: str, columns: dict[str, int], by: list[str]
) -> dict[Any, Counter[Any]]:
    """Each group's patterns of who chose what, counted one rating at a time."""
    items: dict[Any, dict[str, int]] = {}
    for row in ratings[ratings["variable"] == variable].to_dict("records"):
        for group in {tuple(row[column] for column in by), (None,) * len(by)}:
            items.setdefault((group, row["item"]), {})[row["annotator"]] = columns[row["category"]]
    groups: dict[Any, Counter[Any]] = {}
    for (group, _), chosen in items.items():
        groups.setdefault(group, Counter())[tuple(sorted(chosen.items()))] += 1
    return groups


@settings(max_examples=12, deadline=None, derandomize=True)
@given(ratings=ratings_tables(), by=st.sampled_from([[], ["source"], ["round"], ["source", "round"]]))
def test_who_chose_what_is_exact(ratings: pd.DataFrame, by: list[str]) -> None:
    """The same groups as of the counts, in the same order; only annotators of the group."""
    columns = {f"c{category}": category for category in range(41)}
    for table in tables(ratings, by).values():
        for variable in table.variables():
            found = table.assignments(variable, columns, 41)
            tallies = table.tallies(variable, columns, 41)
            assert [one.group for one in found] == [tally.group for tally in tallies]
            expected = who_by_hand(ratings, variable, columns, by)
            for choices, tally in zip(found, tallies, strict=True):
                patterns = [
                    tuple(
                        (name, code) for name, code in zip(choices.annotators, row, strict=True) if code >= 0
                    )
                    for row in choices.codes.tolist()
                ]
                assert (
                    Counter(dict(zip(patterns, choices.n_items.tolist(), strict=True)))
                    == expected[choices.group]
                )
                assert len(choices.annotators) == tally.n_annotators
                assert list(choices.annotators) == sorted(choices.annotators)
                assert choices.codes.tolist() == sorted(choices.codes.tolist())


def test_who_chose_what_of_hundreds() -> None:
    """As many annotators as need dozens of packed columns."""
    rng = np.random.default_rng(3)
    rows = [
        (f"p{i}", "s", f"A{a}", "v", f"c{rng.integers(9)}", 1)
        for i in range(30)
        for a in rng.permutation(400)[:5]
    ]
    columns = {f"c{number}": number for number in range(9)}
    first, *others = (table.assignments("v", columns, 9)[0] for table in tables(frame(rows), []).values())
    assert (first.codes >= 0).sum() == 150
    for other in others:
        assert other.annotators == first.annotators
        assert np.array_equal(other.codes, first.codes)
        assert np.array_equal(other.n_items, first.n_items)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(ratings=ratings_tables(), by=st.sampled_from([[], ["source"], ["round"], ["source", "round"]]))
def test_patterns_are_exact(ratings: pd.DataFrame, by: list[str]) -> None:
    """41 categories need several packed columns; by round, an item lies in several groups."""
    columns = {f"c{category}": category for category in range(41)}
    for table in tables(ratings, by).values():
        for variable in table.variables():
            tallies = table.tallies(variable, columns, 41)
            assert as_counters(tallies) == by_hand(ratings, variable, columns, by)
            assert tallies[0].group == (None,) * len(by)
            for tally in tallies:
                rows = ratings[ratings["variable"] == variable]
                for column, value in zip(by, tally.group, strict=True):
                    rows = rows if value is None else rows[rows[column] == value]
                assert tally.n_annotators == rows["annotator"].nunique()
                assert tally.counts.tolist() == sorted(tally.counts.tolist())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("by", [(), ("source",), ("round",), ("source", "round")])
def test_every_engine_gives_the_same_digits(engine: str, by: tuple[str, ...]) -> None:
    ratings = random_ratings()
    order = tuple(f"c{category}" for category in range(9))
    settings_: dict[str, Any] = {
        "by": by,
        "scales": {"claim type": Scale("nominal"), "certainty's": Scale("ordinal", order)},
        "interval": Interval(replicates=50),
        "coefficients": "all",
    }
    expected = measure(ratings, **settings_)
    pd.testing.assert_frame_equal(measure(ENGINES[engine](ratings), **settings_), expected, check_exact=True)
    if by == ("round",):
        assert expected["round"].drop_duplicates().tolist() == [
            None,
            *range(1, 12),
        ]  # 10 after 9, not after 1


SCALES = {"claim type": Scale("nominal"), "certainty's": Scale("ordinal", tuple(f"c{n}" for n in range(9)))}
BY_JUDGEMENT: dict[str, Callable[[Any], pd.DataFrame]] = {
    "pairs": lambda t: pairs(t, scales=SCALES, by="source", coefficients="all"),
    "rounds": lambda t: rounds(t, scales=SCALES),
    "leave one out": lambda t: leave_one_out(t, scales=SCALES, by=("source",), coefficients="all"),
    "majority of the others": lambda t: majority_of_others(t, scales=SCALES, by="source"),
    "contributions": lambda t: contributions(t, scales=SCALES),
    "confusions": lambda t: confusions(t, scales=SCALES),
    "disagreements": lambda t: disagreements(t, list(SCALES)),
    "cautions": lambda t: cautions(t, scales=SCALES),
    "comparison": lambda t: compare(t, scales=SCALES, permutations=50),
    "plan": lambda t: plan(t, scales=SCALES, half_width=0.1, interval=Interval(replicates=100)),
    "vote": consensus.majority,
    "decision by vote": lambda t: consensus.resolve(t, scales=SCALES),
    "decision by model": lambda t: consensus.resolve(t, scales=SCALES, method="dawid-skene"),
    "with decided": lambda t: consensus.with_decided(t, consensus.majority(random_ratings()), scales=SCALES),
    "far from others": lambda t: pd.DataFrame(map(vars, far_from_others(t, scales=SCALES))),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", BY_JUDGEMENT)
def test_every_engine_gives_single_judgements_alike(engine: str, what: str) -> None:
    """Whatever is computed from judgements, not from patterns, takes every frame and comes out the same."""
    ratings = random_ratings()
    if what != "rounds":  # repeats are for rounds alone, and are what an annotator rated a second time
        ratings = ratings.assign(round=1)
    else:
        again = ratings.sample(frac=0.4, random_state=1).assign(round=2)
        ratings = pd.concat([ratings.assign(round=1), again], ignore_index=True)
    if what == "far from others":  # that somebody is takes the others to agree
        agreed = "c" + (ratings["item"].str[1:].astype(int) % 9).astype("str")
        ratings["category"] = ratings["category"].where(ratings["annotator"] == "A2", agreed)
    expected = BY_JUDGEMENT[what](ratings)
    assert len(expected)
    found = BY_JUDGEMENT[what](ENGINES[engine](ratings))
    pd.testing.assert_frame_equal(found.astype(object), expected.astype(object), check_exact=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_only_first_rounds_count_where_repeats_are_left_out(engine: str) -> None:
    first = random_ratings().assign(round=1)
    both = pd.concat([first.sample(frac=0.5, random_state=2).assign(round=2), first], ignore_index=True)
    for what in ("contributions", "disagreements"):
        expected, found = BY_JUDGEMENT[what](first), BY_JUDGEMENT[what](ENGINES[engine](both))
        pd.testing.assert_frame_equal(found.astype(object), expected.astype(object), check_exact=True)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same_profile(engine: str) -> None:
    categories = {"attribution": ("named_person", "author_voice"), "claim_type": ("incident", "no_claim")}
    rng = np.random.default_rng(3)
    rows = [
        (f"p{item}", f"s{item % 3}", annotator, variable, str(rng.choice(chosen)))
        for item in range(30)
        for annotator in "AB"
        for variable, chosen in categories.items()
    ]
    ratings = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    found, expected = (
        profile(one, interval=Interval(replicates=50)) for one in (ENGINES[engine](ratings), ratings)
    )
    pd.testing.assert_frame_equal(found.astype(object), expected.astype(object), check_exact=True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", sorted({*BY_JUDGEMENT} - {"disagreements", "rounds", "with decided"}))
def test_every_engine_refuses_alike(engine: str, what: str) -> None:
    ratings = random_ratings(n_items=8).assign(round=1)
    cases = {
        "no column annotator": ratings.drop(columns="annotator"),
        "rated more than once": pd.concat([ratings, ratings.head(1)]),
        "column item is blank in 1 row": ratings.assign(item=[" ", *ratings["item"][1:]]),
    }
    for said, table in cases.items():
        with pytest.raises(AnnotateError, match=said):
            BY_JUDGEMENT[what](ENGINES[engine](table.reset_index(drop=True)))


def test_spark_gives_the_same_digits() -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: apt-get install default-jre-headless")
    spark_sql = pytest.importorskip("pyspark.sql", reason="no Spark: uv sync --group spark")
    ratings = random_ratings()
    ratings["document"] = [f"d{number // 4}" for number in pd.factorize(ratings["item"], sort=True)[0]]
    builder = spark_sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config(
        "spark.sql.shuffle.partitions", "2"
    ).getOrCreate()  # 200 small tasks take minutes
    try:
        distributed = session.createDataFrame(ratings.to_dict("records"))
        level: Any = {"claim type": "nominal", "certainty's": "nominal"}
        settings_: dict[str, Any] = {
            "by": ["source"],
            "coefficients": "all",
            "scales": scales_of(level),
        }
        for interval in (
            Interval(replicates=50, cluster=None),
            Interval("percentile", replicates=50, cluster="document"),
            Interval(cluster="document"),
        ):
            found = measure(distributed, **settings_, interval=interval)
            wanted = measure(ratings, **settings_, interval=interval)
            assert ("n_clusters" in wanted) == (interval.cluster is not None)
            pd.testing.assert_frame_equal(found, wanted, check_exact=True)
    finally:
        session.stop()


def test_a_pandas_frame_is_coded_and_others_are_queried() -> None:
    ratings = random_ratings()
    assert isinstance(open_table(ratings), CodedTable)
    assert isinstance(open_table(relation(ratings)), QueriedTable)
    assert isinstance(open_table(pl.from_pandas(ratings)), QueriedTable)


def test_patterns_add_up_over_disjoint_items() -> None:
    whole, *sources = open_table(random_ratings(), ["source"]).tallies(
        "claim type", {f"c{i}": i for i in range(9)}, 9
    )
    total: Counter[Any] = Counter()
    for counter in as_counters(sources).values():
        total += counter
    assert len(sources) == 4
    assert as_counters([whole])[whole.group] == total


def test_order_is_that_of_patterns_made_of_counts() -> None:
    tally = open_table(random_ratings()).tallies("claim type", {f"c{i}": i for i in range(9)}, 9)[0]
    patterns = from_items(
        np.repeat(tally.counts, tally.n_items, axis=0), Scale("nominal", tuple([f"c{i}" for i in range(9)]))
    )
    assert np.array_equal(patterns.counts, tally.counts)
    assert np.array_equal(patterns.n, tally.n_items)


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=60), min_size=1, max_size=4),
    st.integers(13, 2000),
)
def test_packing_loses_nothing(counts: list[list[int]], base: int) -> None:
    width = min(map(len, counts))
    table = np.array([row[:width] for row in counts], dtype=np.int64)
    packing = Packing(width, base)
    packed = table @ packing.weights
    assert packed.max(initial=0) < 2**53
    assert np.array_equal(packing.unpack(packed), table)


def test_hundreds_of_ratings_of_an_item_and_of_categories() -> None:
    rows = [("p1", "s", f"A{number}", "v", f"c{number % 300}", 1) for number in range(901)]
    columns = {f"c{number}": number for number in range(300)}
    for table in tables(frame(rows), []).values():
        tally = table.tallies("v", columns, 300)[0]
        assert tally.counts.shape == (1, 300)
        counts = tally.counts.toarray()
        assert counts[0, 0] == 4
        assert set(counts[0, 1:].tolist()) == {3}


def test_texts_may_share_a_column() -> None:
    rows = [("p1", "s", "A1", "v", "3", 1), ("p1", "s", "A2", "v", "3.0", 1)]
    for table in tables(frame(rows), []).values():
        assert table.tallies("v", {"3": 0, "3.0": 0}, 1)[0].counts.tolist() == [[2]]


def test_finds_who_wrote_what() -> None:
    ratings = random_ratings()
    odd = frame([("p9", "s", "A4", "claim type", "odd", 1), ("p3", "s", "A9", "claim type", "odd", 1)])
    twice = frame([("p8", "s", "A1", "claim type", "c1", 1), ("p8", "s", "A1", "claim type", "c2", 2)])
    for table in tables(pd.concat([ratings[ratings["item"] != "p8"], odd]), []).values():
        assert table.locate("claim type", "odd") == ("p3", "A9")
        assert table.repeated("claim type") is None
    for table in tables(pd.concat([ratings[ratings["item"] != "p8"], twice, twice]), []).values():
        assert table.repeated("claim type") == ("p8", "A1")
        assert table.repeated("certainty's") is None


@pytest.mark.parametrize("engine", ["coded", "DuckDB"])
@pytest.mark.parametrize("column", ["item", "annotator", "variable", "category", "source"])
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blanks_are_refused(engine: str, column: str, blank: str | None) -> None:
    ratings = random_ratings(n_items=3)
    ratings.loc[[1, 4], column] = blank
    with pytest.raises(TableError, match=f"column {column} is blank in 2 rows"):
        open_table(ratings if engine == "coded" else relation(ratings), ["source"])


@pytest.mark.parametrize("limit", ["_MANY", "_FEW"])
def test_large_tables_are_looked_at_as_small_ones_are(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ratings = random_ratings(n_items=30)
    expected = open_table(ratings, ["source"]).tallies("claim type", {f"c{n}": n for n in range(9)}, 9)
    monkeypatch.setattr(coded, limit, 0)
    found = open_table(ratings, ["source"]).tallies("claim type", {f"c{n}": n for n in range(9)}, 9)
    assert [one.group for one in found] == [one.group for one in expected]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours.counts, theirs.counts)
        assert np.array_equal(ours.n_items, theirs.n_items)
    ratings.loc[3, ["annotator", "category"]] = [None, " "]  # the first in the order of columns is named
    with pytest.raises(TableError, match="column annotator is blank in 1 row"):
        open_table(ratings, ["source"])


def test_columns_of_one_name_are_refused() -> None:
    ratings = random_ratings(n_items=3)
    with pytest.raises(TableError, match="two columns have one name"):
        open_table(pd.concat([ratings, ratings["item"]], axis=1))


def test_a_table_without_rows_or_columns() -> None:
    ratings = random_ratings(n_items=1)
    for convert in (lambda frame_: frame_, *ENGINES.values()):
        with pytest.raises(TableError, match="the table is empty"):
            open_table(convert(ratings.head(0)))
        with pytest.raises(TableError, match="no column outlet; the table has item, source, annotator"):
            open_table(convert(ratings), ["outlet"])


def test_cells_of_mixed_types_are_text() -> None:
    """A spreadsheet's column may hold the number 3 and the text 3: one name."""
    ratings = random_ratings(n_items=2).head(2).assign(item="p1", annotator=["A1", "A2"], variable="v")
    mixed = ratings.astype(object).assign(category=[3, "3"])
    table = open_table(mixed)
    assert table.variables() == {"v": ["3"]}
    assert table.tallies("v", {"3": 0}, 1)[0].counts.tolist() == [[2]]
