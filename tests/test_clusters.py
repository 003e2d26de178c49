"""Figures where passages hang together: whole documents are drawn."""

import itertools

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import t as student

from annotate.agreement import (
    COEFFICIENTS,
    Interval,
    Patterns,
    Scale,
    compare,
    estimate,
    measure,
    pairs,
    rounds,
)
from annotate.agreement.permutation import align, permuted
from annotate.counts.groups import tally_patterns
from annotate.counts.units import counted, of_clusters, of_items
from annotate.errors import StatisticsError, TableError
from annotate.sampling import generator

KINDS = ["percentile", "bca", "jackknife", "log_jackknife", "analytic"]
SCALES = {"v": Scale("nominal", ("x", "y", "z"))}


def study(documents=12, passages=6, annotators=3, seed=0, missing=0.1, level_of_document=0.8):
    """Ratings of passages that resemble each other within a document."""
    rng = np.random.default_rng(seed)
    rows = []
    for document in range(documents):
        usual, skill = rng.choice(["x", "y", "z"]), rng.choice([0.3, 0.75, 0.98])
        for passage in range(1 + rng.integers(passages)):
            true = usual if rng.random() < level_of_document else rng.choice(["x", "y", "z"])
            for annotator in range(annotators):
                if rng.random() < missing:
                    continue
                said = true if rng.random() < skill else rng.choice(["x", "y", "z"])
                rows.append(
                    (f"i{document}-{passage}", f"s{document % 2}", f"a{annotator}", "v", said, f"d{document}")
                )
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category", "document"])


def only(frame, **interval):
    found = measure(frame, scales=SCALES, coefficients="all", interval=Interval(**interval))
    return found.set_index("coefficient")


def test_documents_are_drawn_where_they_are_known_and_hold_several_passages():
    found = only(study())
    alpha = found.loc["krippendorff_alpha"]
    assert alpha["n_clusters"] == 12
    assert alpha["interval"].startswith(
        "jackknife over 12 documents on the scale log(1 - coefficient), t with "
    )
    assert alpha["design_effect"] > 1
    assert "n_clusters" not in only(study().drop(columns="document")).columns
    assert "n_clusters" not in only(study(), cluster=None).columns
    alone = study().assign(document=lambda frame: frame["item"])
    assert "n_clusters" not in only(alone).columns
    unknown = study().assign(document=lambda frame: frame["document"].where(frame["document"] != "d3"))
    assert "n_clusters" not in only(unknown).columns


@pytest.mark.parametrize("by", ["document", ["source", "document"]])
def test_all_items_together_keep_their_documents_where_documents_are_groups(by):
    """Each document's own row can draw its items only; that of all fell to items too, and was far too narrow."""
    found, alone = measure(study(), scales=SCALES, by=by), measure(study(), scales=SCALES)
    whole = found.loc[found["document"].isna() & found["source"].isna()].drop(columns=["source", "document"])
    pd.testing.assert_frame_equal(
        whole.reset_index(drop=True), alone.drop(columns="source"), check_dtype=False
    )
    own = found.loc[found["document"].notna() & found["interval"].notna()]
    assert not own.empty
    assert set(own["n_clusters"]) == {1}
    assert not own["interval"].str.contains("documents").any()


@pytest.mark.parametrize("kind", KINDS)
def test_one_passage_a_document_gives_the_digits_of_items(kind):
    frame = study(documents=60, passages=1, missing=0.3)
    single = only(frame, kind=kind, cluster=None)
    whole = only(frame, kind=kind, cluster="document")
    if kind != "analytic":  # over items it is Gwet's, who takes n otherwise
        pd.testing.assert_frame_equal(
            single[["ci_low", "ci_high"]], whole[["ci_low", "ci_high"]], check_exact=True
        )
    defined = whole["undefined"].isna()
    assert np.allclose(whole.loc[defined, "design_effect"], 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", [(), ("source",)])
def test_neither_names_nor_order_nor_engine_change_a_digit(kind, by):
    frame = study(documents=30)
    renamed = frame.assign(document=frame["document"].map(lambda name: f"z{hash(name) % 997}{name}"))
    interval = Interval(kind=kind, cluster="document", replicates=50)
    wanted = measure(frame, scales=SCALES, by=by, coefficients="all", interval=interval)
    for other in (
        renamed.sample(frac=1, random_state=1),
        pl.from_pandas(frame),
        duckdb.from_df(frame),
    ):
        found = measure(other, scales=SCALES, by=by, coefficients="all", interval=interval)
        pd.testing.assert_frame_equal(wanted, found, check_exact=True)


def slow_jackknife(frame, coefficient):
    """Leave out one document after the other, each time from the rows."""
    whole = only(frame, kind="none", cluster=None).loc[coefficient, "value"]
    pairable = frame.groupby("item").size() > 1
    documents = frame.drop_duplicates("item").set_index("item")["document"]
    sizes = pairable.groupby(documents).sum()
    values = {
        document: only(frame[frame["document"] != document], kind="none", cluster=None).loc[
            coefficient, "value"
        ]
        for document in sizes.index
    }
    variance = 0.0
    for stratum in (sizes.index[sizes > 0], sizes.index[sizes == 0]):
        left = np.array([values[document] for document in stratum])
        if len(left) > 1:
            variance += (len(left) - 1) / len(left) * ((left - left.mean()) ** 2).sum()
    degrees = sizes.sum() ** 2 / (sizes**2).sum() - 1
    return whole, np.sqrt(variance), student.ppf(0.975, degrees)


@pytest.mark.parametrize("coefficient", list(COEFFICIENTS))
@pytest.mark.parametrize("seed", [1, 2])
def test_the_jackknife_is_that_of_leaving_out_documents_row_by_row(coefficient, seed):
    frame = study(documents=9, seed=seed, missing=0.35, annotators=2)
    found = only(frame, kind="jackknife", cluster="document").loc[coefficient]
    value, error, reach = slow_jackknife(frame, coefficient)
    chance = found["expected"]
    least = 0.0 if coefficient.startswith("percent") else min(-1.0, -chance / (1 - chance))
    assert found["ci_low"] == pytest.approx(max(value - reach * error, least))
    assert found["ci_high"] == pytest.approx(min(1, value + reach * error))
    log = only(frame, kind="log_jackknife", cluster="document").loc[coefficient]
    assert 1 - log["ci_high"] == pytest.approx((1 - value) * np.exp(-reach * error / (1 - value)))


def test_a_replicate_draws_whole_documents():
    frame = study(documents=7, passages=3, seed=4)
    ((one,),) = tally_patterns(frame, by=(), scales=SCALES, cluster="document")
    units = one.patterns.units
    rows = np.repeat(units.rows.toarray(), units.n, axis=0)
    draws = [
        [rows[list(which)].sum(axis=0) for which in itertools.combinations_with_replacement(range(7), 7)]
    ]
    possible = {tuple(sample) for sample in draws[0]}
    chunks = list(units.resamples(300, np.random.default_rng(0), cells=100))
    samples = np.concatenate(chunks)
    assert len(chunks) > 1
    assert {tuple(sample) for sample in samples} <= possible
    assert np.array_equal(samples, np.concatenate(list(units.resamples(300, np.random.default_rng(0)))))


def test_the_mean_and_the_spread_of_replicates_are_those_of_drawing_documents():
    frame = study(documents=40, seed=5)
    ((one,),) = tally_patterns(frame, by=(), scales=SCALES, cluster="document")
    units = one.patterns.units
    samples = np.concatenate(list(units.resamples(20_000, generator(0, "x"))))
    wanted = np.zeros((len(units.ratings), len(units.ratings)))
    for stratum in filter(len, units.strata):
        rows = np.repeat(units.rows.toarray()[stratum], units.n[stratum], axis=0)
        wanted += len(rows) * np.cov(rows.T, bias=True)
    assert np.allclose(samples.mean(axis=0), units.total, atol=5 * np.sqrt(np.diag(wanted) / 20_000) + 1e-9)
    assert np.trace(np.cov(samples.T)) == pytest.approx(np.trace(wanted), rel=0.03)


def test_a_document_given_twice_doubles_no_certainty():
    frame = study(documents=20, seed=6, missing=0)
    twin = frame.assign(item=frame["item"] + "'")
    doubled = pd.concat([frame, twin])
    for kind in ("jackknife", "log_jackknife", "percentile", "analytic"):
        before = only(frame, kind=kind, cluster="document").loc["percent_agreement"]
        after = only(doubled, kind=kind, cluster="document").loc["percent_agreement"]
        assert after["ci_high"] - after["ci_low"] == pytest.approx(before["ci_high"] - before["ci_low"])
    assert after["design_effect"] == pytest.approx(2 * before["design_effect"], rel=0.05)


def test_categories_are_drawn_by_documents_too():
    frame = study(documents=15, seed=7)
    found = measure(frame, scales=SCALES, per_category=True, interval=Interval(cluster="document"))
    assert found["interval"].dropna().str.contains("15 documents").all()
    collapsed = frame.assign(category=frame["category"].where(frame["category"] == "x", "rest"))
    wanted = measure(
        collapsed,
        scales={"v": Scale("nominal", ("x", "rest"))},
        coefficients="krippendorff_alpha",
        interval=Interval(cluster="document"),
    ).iloc[0]
    mine = found[(found["category"] == "x") & (found["coefficient"] == "krippendorff_alpha")].iloc[0]
    assert mine[["value", "ci_low", "ci_high"]].tolist() == pytest.approx(
        wanted[["value", "ci_low", "ci_high"]].tolist()
    )


def test_a_single_document_shows_only_how_its_items_differ():
    frame = study(documents=1, passages=9, seed=1, missing=0)
    found = only(frame, cluster="document").loc["krippendorff_alpha"]
    items = only(frame, cluster=None).loc["krippendorff_alpha"]
    assert found["interval"] == "percentile bootstrap over items of 1 document, 1000 replicates"
    assert found[["ci_low", "ci_high"]].tolist() == items[["ci_low", "ci_high"]].tolist()
    assert found["n_clusters"] == 1
    assert np.isnan(found["design_effect"])


def test_a_column_that_does_not_tell_is_refused_in_one_line():
    frame = study()
    gaps = frame.assign(document=frame["document"].where(frame["document"] != "d3"))
    torn = frame.assign(document=frame["document"] + frame["annotator"])
    for make in (lambda one: one, pl.from_pandas, duckdb.from_df):
        with pytest.raises(TableError, match=r"column document is blank in \d+ rows.*--cluster none"):
            only(make(gaps), cluster="document")
        with pytest.raises(TableError, match=r"item i\d+-\d+: column document says d\d+a\d and d\d+a\d"):
            only(make(torn), cluster="document")
        with pytest.raises(TableError, match="no column outlet"):
            only(make(frame), cluster="outlet")
    with pytest.raises(StatisticsError, match="interval 'wild' is not known"):
        Interval(kind="wild")


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_agree_the_interval_is_exact(kind):
    # Clopper & Pearson (1934): of 100 of 100 at least .025 ** (1 / 100)
    patterns = Patterns(Scale("nominal", ("x", "y")), np.array([[2, 0], [0, 2]]), np.array([60, 40]))
    percent, alpha = estimate(patterns, ["percent_agreement", "krippendorff_alpha"], Interval(kind=kind))
    assert (percent.ci_low, percent.ci_high) == pytest.approx((0.025 ** (1 / 100), 1))
    assert round(percent.ci_low, 3) == 0.964
    assert percent.interval == "exact (Clopper-Pearson) over 100 items, which are all alike"
    assert alpha.ci_low == pytest.approx((0.025 ** (1 / 100) - alpha.expected) / (1 - alpha.expected))


def test_units_say_what_they_are():
    assert counted(1, "document") == "1 document"
    ratings = np.array([2, 1, 2])
    items = of_items(np.array([3, 2, 0]), ratings)
    assert (items.number, items.effective, items.over) == (3, 3.0, "items")
    clusters = of_clusters(
        "document", np.array([7, 7, 5, 9]), np.array([0, 1, 0, 1]), np.array([2, 1, 1, 1]), ratings
    )
    assert (clusters.number, clusters.over) == (2, "2 documents")
    assert clusters.effective == pytest.approx(9 / 5)
    assert clusters.total.tolist() == [3, 2, 0]


def two_sources(seed, documents=10, passages=8):
    """Two sources alike in everything; their documents differ in how hard they are."""
    rng = np.random.default_rng(seed)
    rows = []
    for document in range(2 * documents):
        prevalence, skill = rng.dirichlet([1, 1, 1]), rng.beta(4, 1)
        for passage in range(passages):
            true = rng.choice(3, p=prevalence)
            for annotator in range(3):
                said = true if rng.random() < skill else rng.choice(3, p=prevalence)
                source = f"s{document % 2}"
                rows.append((f"{document}-{passage}", source, f"a{annotator}", "v", "xyz"[said], document))
    return pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category", "document"])


def test_equal_sources_of_few_documents_are_rarely_told_apart():
    alpha = {"coefficients": "krippendorff_alpha", "permutations": 99}
    found = {None: [], "document": []}
    for seed in range(60):
        frame = two_sources(seed)
        for cluster, p_values in found.items():
            result = compare(frame, scales=SCALES, interval=Interval(cluster=cluster, seed=seed), **alpha)
            p_values.append(result["p_value"].iloc[0])
    by_items, by_documents = (np.mean(np.array(found[cluster]) <= 0.05) for cluster in (None, "document"))
    assert by_documents <= 0.12  # a share of .05 exceeds this in 2 of 100 sets of 60
    assert by_items > by_documents + 0.1


def test_a_permutation_moves_whole_documents():
    frame = two_sources(1, documents=3)
    ((_, *groups),) = tally_patterns(frame, by=["source"], scales=SCALES, cluster="document")
    whole, n = align([group.patterns for group in groups])
    assert n.sum(axis=1).tolist() == [3, 3]
    assert np.array_equal(whole.units.items(n.astype(float)).sum(axis=0), whole.n)
    rows = np.repeat(whole.units.rows.toarray(), whole.units.n, axis=0)
    possible = {tuple(rows[list(which)].sum(axis=0)) for which in itertools.combinations(range(6), 3)}
    samples = np.concatenate(list(permuted(whole, n[0], 400, np.random.default_rng(0))))
    assert {tuple(row) for row in whole.units.items(samples)} == possible


def test_one_passage_a_document_is_compared_as_items_are():
    frame = two_sources(2, documents=40, passages=1)
    for coefficient in ("percent_agreement", "krippendorff_alpha", "cohen_kappa"):
        taken = frame[frame["annotator"] != "a2"]
        one, other = (
            compare(
                taken,
                scales=SCALES,
                coefficients=coefficient,
                permutations=199,
                interval=Interval(cluster=by),
            )
            for by in (None, "document")
        )
        shared = [column for column in one.columns if column in other.columns]
        pd.testing.assert_frame_equal(one[shared], other[shared])


def test_a_comparison_says_how_many_documents_there_are():
    frame = two_sources(2, documents=5)
    found = compare(frame[frame["document"] != 1], scales=SCALES, permutations=9)
    assert found[["source", "n_clusters", "n_clusters_rest"]].drop_duplicates().to_numpy().tolist() == [
        ["s0", 5, 4],
        ["s1", 4, 5],
    ]
    items = compare(frame, scales=SCALES, permutations=9, interval=Interval(cluster=None))
    assert "n_clusters" not in items


def test_documents_in_two_groups_cannot_be_moved_whole():
    frame = two_sources(3).assign(document=lambda one: one["document"] // 2)
    with pytest.raises(
        StatisticsError, match=r"some values of document are in several groups.*--cluster none"
    ):
        compare(frame, scales=SCALES, interval=Interval(cluster="document"))


PAIRWISE = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")


@pytest.mark.parametrize("kind", ["jackknife", "auto"])
@pytest.mark.parametrize("cluster", ["document", None])
def test_the_interval_of_a_pair_is_the_one_that_measure_gives(kind, cluster):
    frame = study(documents=14, seed=3, missing=0.2)
    interval = Interval(kind=kind, cluster=cluster)
    found = pairs(frame, scales=SCALES, by="source", interval=interval)
    assert len(found) == 9
    for row in found.to_dict("records"):
        of = frame if row["source"] is None else frame[frame["source"] == row["source"]]
        both = of[of["annotator"].isin([row["annotator_a"], row["annotator_b"]])]
        both = both[both.groupby("item")["annotator"].transform("size") == 2]
        alone = Interval(kind="jackknife" if cluster is None else kind, cluster=cluster)
        for name, wanted in (
            measure(both, scales=SCALES, coefficients=PAIRWISE, interval=alone)
            .set_index("coefficient")
            .iterrows()
        ):
            assert row[f"{name}_ci_low"] == pytest.approx(max(wanted["ci_low"], -1))
            assert row[f"{name}_ci_high"] == pytest.approx(wanted["ci_high"])
        if cluster:
            assert row["n_clusters"] == wanted["n_clusters"]
            assert row["interval"].startswith("jackknife over documents")
        else:
            assert row["interval"] == "jackknife over items, t with n-1 degrees of freedom"


def test_a_pair_in_one_document_says_so_and_one_that_always_agrees_has_an_exact_interval():
    rows = [(f"i{n}", who, "v", "xy"[n % 2], f"d{n // 5}") for n in range(20) for who in "ab"]
    rows += [(f"i{n}", "c", "v", "xy"[n % 3 == 0], "d0") for n in range(5)]
    frame = pd.DataFrame(rows, columns=["item", "annotator", "variable", "category", "document"])
    found = pairs(frame, scales={"v": Scale("nominal")}).set_index(["annotator_a", "annotator_b"])
    exact, few = found.loc[("a", "b")], found.loc[("a", "c")]
    assert exact["percent_agreement_ci_low"] == pytest.approx(0.025 ** (1 / 4))
    assert exact["interval"].endswith("exact (Clopper-Pearson) where all are alike")
    assert few["interval"] == "jackknife over items of 1 document, t with n-1 degrees of freedom"
    items = pairs(frame, scales={"v": Scale("nominal")}, interval=Interval(cluster=None)).iloc[0]
    assert items["percent_agreement_ci_low"] == pytest.approx(0.025 ** (1 / 20))


def test_an_annotator_against_themselves_is_drawn_by_documents_too():
    frame = study(documents=10, seed=8, missing=0, annotators=1)
    again = study(documents=10, seed=8, missing=0, annotators=2).query("annotator == 'a1'")
    both = pd.concat([frame.assign(round=1), again.assign(annotator="a0", round=2)])
    (found,) = rounds(both, scales=SCALES).to_dict("records")
    as_pair = pd.concat([frame, again])
    (wanted,) = pairs(as_pair, scales=SCALES).to_dict("records")
    for name in ("n_clusters", *(f"{one}_ci_low" for one in PAIRWISE), "interval"):
        assert found[name] == wanted[name]


def test_many_documents_are_drawn_in_blocks_and_nothing_else_changes():
    """From 4096 documents on that differ; the spread is that of drawing them, whatever the chunks."""
    rng = np.random.default_rng(5)
    documents, patterns = 5000, 12
    table = rng.poisson(1.5, (documents, patterns))
    table[0] = 0
    table[0, 3] = 2
    which, pattern = np.nonzero(table)
    ratings = np.array([2] * 11 + [1])
    units = of_clusters("document", which, pattern, table[which, pattern], ratings)
    assert len(units.n) > 4096
    samples = np.concatenate(list(units.resamples(1000, generator(0, "x"))))
    again = np.concatenate(list(units.resamples(1000, generator(0, "x"), cells=5_000)))
    assert np.array_equal(samples, again)
    assert (samples == np.rint(samples)).all()
    paired = table[:, :11].any(axis=1)
    wanted = sum(of.sum() * np.cov(table[of].T, bias=True) for of in (paired, ~paired) if of.sum() > 1)
    assert np.allclose(samples.mean(axis=0), table.sum(axis=0), atol=5 * np.sqrt(np.diag(wanted) / 1000))
    assert np.trace(np.cov(samples.T)) == pytest.approx(np.trace(wanted), rel=0.06)


def test_neither_names_nor_order_change_the_draws_of_many_documents():
    frame = study(documents=6000, passages=4, missing=0.05)
    interval = Interval("percentile", replicates=40, cluster="document")
    wanted = measure(frame, scales=SCALES, interval=interval)
    names = {name: f"z{number * 7919 % 6007}" for number, name in enumerate(frame["document"].unique())}
    renamed = frame.assign(document=frame["document"].map(names)).sample(frac=1, random_state=3)
    for other in (renamed, pl.from_pandas(frame)):
        pd.testing.assert_frame_equal(
            wanted, measure(other, scales=SCALES, interval=interval), check_exact=True
        )


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_where_all_items_agree_alike_no_interval_has_the_width_of_chance_alone(kind, clustered):
    """On each of three items two of three annotators agree: chance alone varies, and AC1 is not known to .04."""
    frame = pd.DataFrame(
        [
            (f"i{item}", "S", f"A{who}", "v", chosen, f"d{item}")
            for item, codes in enumerate(["xxy", "yzy", "xzz"])
            for who, chosen in enumerate(codes)
        ],
        columns=["item", "source", "annotator", "variable", "category", "document"],
    )
    frame = pd.concat([frame, frame.assign(item="j" + frame["item"])]) if clustered else frame
    found = measure(frame, scales=SCALES, interval=Interval(kind)).set_index("coefficient")
    over = "3 documents" if clustered else "3 items"
    assert set(found["interval"]) == {f"exact (Clopper-Pearson) over {over}, which are all alike"}
    # The mean of what is 1/3 in all of three units: Clopper & Pearson's bounds, shrunk to it
    low, high = 1 / 3 * 0.025 ** (1 / 3), 1 - 2 / 3 * 0.025 ** (1 / 3)
    for _, one in found.iterrows():
        chance = 0.0 if np.isnan(one["expected"]) else one["expected"]
        assert one["ci_low"] == pytest.approx((low - chance) / (1 - chance))
        assert one["ci_high"] == pytest.approx((high - chance) / (1 - chance))
