import itertools
from statistics import NormalDist

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from annotate.codebook.read import load_codebook
from annotate.errors import TableError
from annotate.files import bundled
from annotate.provenance import profile
from annotate.provenance.profiles import NAMED, PRIMARY, SECONDARY, UNNAMED, UNSUPPORTED
from annotate.sampling import Interval
from annotate.study.ratings import check_ratings


def ratings(*rows) -> pd.DataFrame:
    """Rows of item, source, annotator and up to three codes: claim type, attribution, basis."""
    long = [
        (item, source, annotator, variable, code)
        for item, source, annotator, *codes in rows
        for variable, code in zip(("claim_type", "attribution", "evidentiary_basis"), codes, strict=False)
    ]
    return check_ratings(pd.DataFrame(long, columns=["item", "source", "annotator", "variable", "category"]))


def value(frame, source, measure, column="value"):
    rows = frame[
        (frame["measure"] == measure)
        & (frame["source"].isna() if source is None else frame["source"] == source)
    ]
    return rows[column].iloc[0]


STUDY = ratings(
    ("p1", "S", "A", "quantity", "named_person", "official_data"),
    ("p1", "S", "B", "quantity", "author_voice", "none_offered"),
    ("p2", "S", "A", "incident", "vague_or_impersonal", "relayed_testimony"),
    ("p2", "S", "B", "no_claim"),
    ("p3", "S", "A", "no_claim"),
    ("p4", "T", "A", "practice", "author_voice", "none_offered"),
)


def test_every_passage_weighs_one_and_disagreement_is_carried_along():
    frame = profile(STUDY)
    assert value(frame, "S", "claims") == 1.5
    # p1: half named, half the text itself; p2: half a claim, all of it vague
    assert value(frame, "S", "attributed_share") == pytest.approx((0.5 + 0.5) / 1.5)
    assert value(frame, "S", "named_source_share") == pytest.approx(0.5 / 1.5)
    assert value(frame, "S", "primary_share") == pytest.approx(0.5 / 1.5)
    assert value(frame, "S", "secondary_share") == pytest.approx(0.5 / 1.5)
    assert value(frame, "S", "unsupported_share") == pytest.approx(0.5 / 1.5)
    assert value(frame, "S", "attributed_share", "n") == 2
    assert value(frame, "T", "attributed_share") == 0.0
    assert value(frame, None, "passages") == 4


def test_unannotated_passages_count_as_passages_only():
    passages = pd.DataFrame({"item": ["p1", "p9", "p8"], "source": ["S", "S", "U"]})
    frame = profile(STUDY[STUDY["item"] == "p1"], passages)
    assert (value(frame, "S", "passages"), value(frame, "S", "annotated_passages")) == (2, 1)
    assert value(frame, "U", "passages") == 1
    assert np.isnan(value(frame, "U", "primary_share"))
    assert value(frame, "U", "primary_share", "undefined") == "no claim was coded"


def test_a_source_without_claims_is_undefined_with_the_reason():
    frame = profile(
        ratings(("p1", "S", "A", "no_claim"), ("p2", "T", "A", "incident", "author_voice", "none_offered"))
    )
    assert np.isnan(value(frame, "S", "unsupported_share"))
    assert value(frame, "S", "unsupported_share", "undefined") == "no claim was coded"


def test_what_was_said_of_a_passage_without_a_claim_does_not_count():
    frame = profile(
        ratings(
            ("p1", "S", "A", "no_claim", "named_person", "official_data"),
            ("p2", "S", "A", "incident", "author_voice"),
        )
    )
    assert value(frame, "S", "attributed_share") == 0.0
    assert value(frame, "S", "attributed_share", "n") == 1


def test_who_answered_another_question_only_weighs_nothing():
    """A fixed fault: an annotation of which only the flags were kept thinned out the passage's claim."""
    one = ("p1", "S", "A", "incident", "named_person")
    flags = pd.DataFrame(
        [("p1", "S", "B", "flags", "[]")], columns=["item", "source", "annotator", "variable", "category"]
    )
    frame = profile(check_ratings(pd.concat([ratings(one).drop(columns="round"), flags])))
    assert value(frame, "S", "claims") == 1


def test_shares_of_grounds_and_of_claim_types_sum_to_one():
    frame = profile(STUDY)
    for source in (None, "S", "T"):
        grounds = [value(frame, source, f"{kind}_share") for kind in ("primary", "secondary", "unsupported")]
        assert sum(grounds) == pytest.approx(1)
        rows = frame[
            (frame["measure"] == "claim_type_share")
            & (frame["source"].isna() if source is None else frame["source"] == source)
        ]
        assert rows["value"].sum() == pytest.approx(1)


def test_the_scheme_is_the_codebooks():
    book = load_codebook(bundled("label_config.xml"))
    grounds = {category.id for category in book.variable("evidentiary_basis").categories}
    origins = {category.id for category in book.variable("attribution").categories}
    assert set(PRIMARY + SECONDARY + UNSUPPORTED) == grounds
    assert {*NAMED, *UNNAMED, "author_voice"} == origins


def test_intervals_are_reproducible_and_not_moved_by_another_source():
    alone, beside = (
        profile(STUDY[STUDY["source"] == "S"], interval=Interval(seed=3)),
        profile(STUDY, interval=Interval(seed=3)),
    )
    columns = ["measure", "value", "ci_low", "ci_high", "n"]
    common = set(alone["category"].dropna())
    beside = beside[(beside["source"] == "S") & (beside["category"].isna() | beside["category"].isin(common))]
    left = alone.loc[alone["source"] == "S", columns].reset_index(drop=True)
    measures = left["measure"] != "claim_type_share"
    pd.testing.assert_frame_equal(left[measures], beside[columns].reset_index(drop=True)[measures])


def test_another_seed_draws_other_resamples():
    kinds = ("named_person", "author_voice", "vague_or_impersonal")
    study = ratings(*((f"p{n}", "S", "A", "incident", kinds[n % 3]) for n in range(40)))
    first, again, other = (
        profile(study, interval=Interval(replicates=99, seed=seed))["ci_high"] for seed in (3, 3, 4)
    )
    assert first.equals(again)
    assert not first.equals(other)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(STUDY))))
def test_the_order_of_rows_changes_nothing(order):
    pd.testing.assert_frame_equal(
        profile(STUDY, interval=Interval(replicates=50)),
        profile(STUDY.iloc[list(order)], interval=Interval(replicates=50)),
    )


def test_the_interval_is_that_of_a_literal_bootstrap():
    """Every resample of three passages, written out: the exact distribution that ours draws from."""
    study = ratings(
        *((f"p{n}", "S", "A", "incident", "named_person" if n == 0 else "author_voice") for n in range(3)),
    )
    exact = [draw.count(0) / 3 for draw in itertools.product(range(3), repeat=3)]
    frame = profile(study, interval=Interval(replicates=20_000))
    low, high = np.quantile(exact, [0.025, 0.975], method="inverted_cdf")
    assert value(frame, "S", "attributed_share", "ci_low") == pytest.approx(low)
    assert value(frame, "S", "attributed_share", "ci_high") == pytest.approx(high)


def test_other_codebooks_are_refused_in_one_line():
    frame = check_ratings(
        pd.DataFrame(
            [("p", "S", "A", "mood", "x")], columns=["item", "source", "annotator", "variable", "category"]
        )
    )
    with pytest.raises(TableError, match=r"no ratings of claim_type.*the variables here are mood"):
        profile(frame)
    with pytest.raises(TableError, match="hearsay is not in the scheme"):
        profile(ratings(("p1", "S", "A", "incident", "hearsay")))


def clustered(*documents) -> pd.DataFrame:
    """One source; a document is a list of passages, 1 for one that is attributed and 0 for one that is not."""
    rows = [
        (
            f"p{number}-{place}",
            "S",
            "A",
            "incident",
            "named_person" if said else "author_voice",
        )
        for number, document in enumerate(documents)
        for place, said in enumerate(document)
    ]
    found = ratings(*rows)
    return found.assign(document=found["item"].str.partition("-")[0])


def test_documents_are_left_out_whole_on_the_scale_of_the_logit():
    documents = [[1, 1, 0], [0, 0, 0, 1], [1, 1, 1], [0, 0], [1, 0, 1, 0, 0]]
    frame = profile(clustered(*documents))
    row = frame[(frame["source"] == "S") & (frame["measure"] == "attributed_share")].iloc[0]
    x, m = (np.array(of, dtype=float) for of in ([sum(d) for d in documents], [len(d) for d in documents]))
    share = x.sum() / m.sum()
    left = [(x.sum() - a) / (m.sum() - b) for a, b in zip(x, m, strict=True)]
    error = np.sqrt(4 / 5 * sum((one - np.mean(left)) ** 2 for one in left)) / (share * (1 - share))
    degrees = m.sum() ** 2 / (m**2).sum() - 1
    reach = student.ppf(0.975, degrees) * error
    logit = np.log(share / (1 - share))
    assert row["ci_low"] == pytest.approx(1 / (1 + np.exp(reach - logit)))
    assert row["ci_high"] == pytest.approx(1 / (1 + np.exp(-reach - logit)))
    assert row["interval"] == (
        f"jackknife over 5 documents on the logit scale, t with {degrees:.3g} degrees of freedom"
    )
    assert (row["n"], row["n_documents"], row["caution"]) == (17, 5, "few documents; rare")


def test_a_document_given_twice_doubles_no_certainty():
    documents = [[1, 1, 0], [0, 0, 0, 1], [1, 1, 1], [0, 0], [1, 0, 1, 0, 0]]
    once, twice = (profile(clustered(*of)) for of in (documents, [2 * one for one in documents]))
    for frame in (once, twice):
        assert value(frame, "S", "attributed_share", "n_documents") == 5
    for end in ("ci_low", "ci_high"):
        assert value(once, "S", "attributed_share", end) == pytest.approx(
            value(twice, "S", "attributed_share", end)
        )


def test_where_all_are_alike_the_interval_is_wilsons():
    # Wilson (1927): of 0 of 7 the upper end is z^2 / (7 + z^2)
    z2 = NormalDist().inv_cdf(0.975) ** 2
    passages = profile(clustered(*[[0]] * 7))
    assert value(passages, "S", "attributed_share", "ci_low") == 0
    assert value(passages, "S", "attributed_share", "ci_high") == pytest.approx(z2 / (7 + z2))
    assert round(value(passages, "S", "attributed_share", "ci_high"), 3) == 0.354
    assert (
        value(passages, "S", "attributed_share", "interval") == "Wilson over 7 passages, which are all alike"
    )
    assert value(passages, "S", "claims", "ci_low") == pytest.approx(7 * 7 / (7 + z2))
    documents = profile(clustered(*[[0, 0, 0]] * 7))
    assert value(documents, "S", "attributed_share", "ci_high") == pytest.approx(z2 / (7 + z2))
    assert (
        value(documents, "S", "attributed_share", "interval")
        == "Wilson over 7 documents, which are all alike"
    )


def test_a_source_of_one_document_says_so():
    study = clustered([1, 0, 1, 0, 0, 1, 1], [0, 0, 1])
    study["source"] = study["document"].map({"p0": "S", "p1": "T"})
    frame = profile(study)
    for source in ("S", "T"):
        assert value(frame, source, "attributed_share", "interval") == (
            "percentile bootstrap over passages of 1 document, 1000 replicates"
        )
        assert "one document" in value(frame, source, "attributed_share", "caution")
    assert value(frame, None, "attributed_share", "interval").startswith("jackknife over 2 documents")
    alone = profile(study, interval=Interval(cluster=None))
    assert value(alone, "S", "attributed_share", "ci_low") == value(frame, "S", "attributed_share", "ci_low")
    assert "1 document" not in value(alone, "S", "attributed_share", "interval")


def test_documents_may_be_told_by_the_passages_and_must_tell_where_they_were_asked_for():
    study = clustered([1, 0, 1], [0, 0, 1], [1, 1])
    passages = study[["item", "source", "document"]].drop_duplicates()
    told = profile(study.drop(columns="document"), passages)
    pd.testing.assert_frame_equal(told, profile(study, passages))
    pd.testing.assert_frame_equal(told, profile(pl.from_pandas(study), passages))
    gaps = study.assign(document=study["document"].where(study["document"] != "p1"))
    assert "passages" in value(profile(gaps), "S", "attributed_share", "interval")
    with pytest.raises(TableError, match=r"column document is blank in \d+ rows.*--cluster none"):
        profile(gaps, interval=Interval(cluster="document"))
    with pytest.raises(TableError, match="no column outlet"):
        profile(study, interval=Interval(cluster="outlet"))
