"""One row a source: what becomes of its claims, on how many origins it leans, beside agreement and grounds."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import annotate
from annotate.agreement import measure
from annotate.errors import StatisticsError
from annotate.present.source_sheet import sources_table
from annotate.present.tables import rendered
from annotate.provenance import profile
from annotate.provenance.claims.by_source import _spreads, by_source
from annotate.provenance.claims.measured import gather
from annotate.provenance.source_table import COLUMNS, leave_one_out, source_table
from annotate.sampling import Interval
from tests import claim_example

EXAMPLE = Path(__file__).parent.parent / "exports/example"


@pytest.fixture
def gathered(tmp_path):
    return gather(claim_example.study(tmp_path), claim_example.links(tmp_path))


def test_the_spread_over_origins_is_that_worked_out_by_hand():
    # Three, two and one passage: pairs that name the same, 3 + 1 of 15; entropy with (K - 1) / 2n = 1/6.
    index, effective, entropy = _spreads(np.array([[3.0, 2.0, 1.0]]))[0]
    assert index == pytest.approx(4 / 15)
    assert effective == pytest.approx(15 / 4)
    shares = np.array([3, 2, 1]) / 6
    assert entropy == pytest.approx(math.exp(-(shares * np.log(shares)).sum() + 1 / 6))
    assert _spreads(np.array([[4.0, 0.0]]))[0].tolist() == [1, 1, 1]
    assert np.isnan(_spreads(np.array([[1.0, 0.0]]))).all()


def test_the_index_is_without_bias_in_small_samples():
    rng = np.random.default_rng(3)
    share = np.array([0.5, 0.3, 0.2])
    drawn = _spreads(rng.multinomial(5, share, size=20000).astype(float))[:, 0]
    assert drawn.mean() == pytest.approx((share**2).sum(), abs=0.005)


def test_what_becomes_of_the_claims_of_a_source(gathered):
    found = by_source(gathered, Interval(replicates=50)).set_index(["source", "measure"])["value"]
    first = {source: found[source, "claims_first"] for source in ("Kestwire", "Varrin Daily", "Gazette")}
    assert first == {"Kestwire": 1, "Varrin Daily": 0, "Gazette": 0}
    assert math.isnan(found["Tide Blog", "claims_first"])  # it has no date
    taken = {source: value for (source, measured), value in found.items() if measured == "claims_taken_over"}
    assert taken == {
        "Kestwire": 0,
        "Varrin Daily": 1,
        "Tide Blog": 1,
        "Ommer Magazine": 1,
        "Lock Weekly": 1,
        "Gazette": 0,
    }
    circular = {
        source for (source, measured), value in found.items() if measured == "claims_circular" and value
    }
    assert circular == {"Tide Blog", "Ommer Magazine", "Lock Weekly"}
    assert {value for (_, measured), value in found.items() if measured == "claims"} == {1}


def test_the_table_holds_what_agreement_and_profile_say():
    study = annotate.read_study(EXAMPLE)
    interval = Interval(replicates=100)
    table = source_table(gather(study), interval=interval)
    assert list(table.columns) == list(COLUMNS)
    assert table["source"].tolist() == sorted(study.passages["source"].unique())
    agreed = measure(study.first_round, scales=study.scales, by="source", interval=interval)
    agreed = agreed.loc[agreed["variable"] == "attribution"].set_index(["source", "coefficient"])
    told = profile(study.first_round, study.passages, interval=interval).set_index(["source", "measure"])
    for row in table.to_dict("records"):
        assert row["krippendorff_alpha"] == agreed.loc[(row["source"], "krippendorff_alpha"), "value"]
        assert row["gwet_ac1_low"] == agreed.loc[(row["source"], "gwet_ac1"), "ci_low"]
        assert row["unsupported_share"] == told.loc[(row["source"], "unsupported_share"), "value"]
        assert row["passages"] == told.loc[(row["source"], "passages"), "value"]
    with pytest.raises(StatisticsError, match="mood: no such variable"):
        source_table(gather(study), variable="mood")


def test_each_part_left_out_gives_what_the_study_without_it_gives():
    study = annotate.read_study(EXAMPLE)
    out = leave_one_out(gather(study)).set_index(["left_out", "name", "source"]).sort_index()
    shares = ["attributed_share", "named_source_share", "primary_share", "unsupported_share"]
    ratings = study.first_round
    for kind, name in (("annotator", "A2"), ("document", "kestwire")):
        rest = ratings.loc[ratings[kind] != name]
        told = profile(rest, interval=Interval(kind="none")).set_index(["source", "measure"])["value"]
        for source, row in out.loc[(kind, name)].iterrows():
            if row["attributed_share"] == row["attributed_share"]:
                assert row[shares].tolist() == pytest.approx([told[source, share] for share in shares])
    assert math.isnan(out.loc[("document", "kestwire", "Kestwire"), "attributed_share"])  # it has no other


def test_a_headline_that_hangs_on_one_document_is_marked(gathered):
    table = source_table(gathered, interval=Interval(replicates=0)).set_index("source")
    assert any("not in a circle without document" in one for one in table.loc["Tide Blog", "flips"])
    assert not any("circle" in one for one in table.loc["Gazette", "flips"])
    out = leave_one_out(gathered)
    assert set(out["left_out"]) >= {"linker", "document"}
    assert out.loc[out["flips"].map(bool), "source"].isin(table.index).all()


def test_a_source_without_claims_says_so_and_has_no_share():
    study = annotate.read_study(EXAMPLE)
    found = gather(study)
    empty = found.book.claims.iloc[:0]
    bare = replace(found, book=replace(found.book, claims=empty))
    rows = by_source(bare, Interval(replicates=20))
    shares = rows.loc[rows["measure"] == "claims_first"]
    assert shares["value"].isna().all()
    assert set(shares["undefined"]) == {"it makes no claim that recurs"}


def test_it_is_a_table_in_a_terminal_of_80_columns():
    study = annotate.read_study(EXAMPLE)
    table = sources_table(source_table(gather(study), interval=Interval(replicates=50)), study.codebook)
    page = rendered(table, "table", 80)
    assert max(map(len, page.splitlines())) <= 80
    assert "agreement:" not in page  # no cards, one line a cell
    assert "Kestwire" in page


def test_a_notebook_gives_what_the_command_gives(run):
    study = annotate.open_study(EXAMPLE)
    code, out, words = run("sources", EXAMPLE, "--format", "csv", "--replicates", "50")
    assert code == 0, words
    assert study.sources(replicates=50).to_csv() == out
    code, out, words = run("claims", EXAMPLE, "--format", "csv", "--replicates", "50")
    assert code == 0, words
    assert study.claims(replicates=50).to_csv() == out
