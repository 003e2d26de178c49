"""All claims that are planted in the example corpus are found through links that its scripted annotators coded, and no others."""

from pathlib import Path

import pandas as pd
import pytest

from annotate.demo.planted import held_against
from annotate.demo.scripted import CAST
from annotate.provenance.claims.measured import Claims, gather, measure, steps
from annotate.provenance.origins import origins_of, read_origins
from annotate.sampling import Interval
from annotate.study.links import read_links
from annotate.study.passages import passages_of_study
from annotate.study.study import read_study
from tests.planted_example import CORPUS, PLANTED, TASKS, coded, repeats

EXPORTS = Path(__file__).parent.parent / "exports"


@pytest.fixture(scope="module")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Claims:
    return coded(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def found(claims: Claims) -> pd.DataFrame:
    return held_against(PLANTED, claims, measure(claims, Interval(replicates=0))).set_index("id")


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: one["id"])
def test_each_planted_claim_is_found_with_its_mentions_and_its_origins(
    found: pd.DataFrame, planted: dict
) -> None:
    row = found.loc[planted["id"]]
    assert (row["n_found"], row["n_others"]) == (len(planted["mentions"]), 0)
    assert (row["low"], row["high"]) == (planted["origins_low"], planted["origins_high"])
    assert (row["circular"], row["single_root"]) == (planted["circular"], planted["single_root"])


def test_the_committed_snapshots_have_what_was_planted(found: pd.DataFrame) -> None:
    study = read_study(EXPORTS / "example")
    links = read_links(EXPORTS / "links-example", passages_of_study(study))
    claims = gather(study, links, read_origins(CORPUS / "origins.csv", origins_of(study)))
    held = held_against(PLANTED, claims, measure(claims, Interval(replicates=0))).set_index("id")
    pd.testing.assert_frame_equal(held, found)
    assert links.study.first_round["annotator"].nunique() == len(CAST)


def test_no_other_claim_is_linked(claims: Claims) -> None:
    status = claims.book.claims["status"].value_counts()
    assert status["linked"] == len(PLANTED)


def test_a_relay_of_two_steps_leads_to_who_saw_it(claims: Claims, found: pd.DataFrame) -> None:
    number = found.loc["claim-carts", "claim"]
    ways = steps(claims)
    ways = ways.loc[(ways["claim"] == number) & ways["confirmed"], ["item", "from_item"]]
    document = dict(zip(claims.passages["item"], claims.passages["document"], strict=True))
    assert set(zip(ways["item"].map(document), ways["from_item"].map(document), strict=True)) == {
        ("tessel-valley-radio", "kell-parish-letter"),
        ("marrowby-courier", "tessel-valley-radio"),
    }
    figures = measure(claims, Interval(replicates=0)).set_index("claim").loc[number]
    assert figures["origins"] == ["Hanno Pell, our sexton"]


def test_without_the_file_of_names_one_origin_under_four_names_is_one_to_four(tmp_path: Path) -> None:
    apart = coded(tmp_path, names=False)
    row = (
        held_against(PLANTED, apart, measure(apart, Interval(replicates=0)))
        .set_index("id")
        .loc["claim-pages"]
    )
    assert (row["n_found"], row["low"], row["high"]) == (4, 1, 4)


def test_where_the_plants_are_removed_nothing_is_found(tmp_path: Path) -> None:
    left = coded(tmp_path, repeats())
    assert len(left.passages) < len(TASKS) - len(repeats())  # boilerplate is left out besides
    assert not (left.book.claims["status"] == "linked").any()
    assert steps(left).query("confirmed").empty
    assert left.contradictions.empty


def test_the_reference_coding_of_pairs_is_what_is_planted() -> None:
    place = {(task["data"]["document_id"], task["data"]["start"]): task["data"]["text"] for task in TASKS}
    links = pd.read_csv(CORPUS / "links.csv", keep_default_na=False)
    same = links.loc[links["relation"] == "same_claim"]
    sides = zip(same["a_document"], same["a_start"], same["b_document"], same["b_start"], strict=True)
    listed = {frozenset(((a, place[a, at]), (b, place[b, there]))) for a, at, b, there in sides}
    planted = {
        frozenset(((one["document"], one["sentence"]), (other["document"], other["sentence"])))
        for claim in PLANTED
        for one in claim["mentions"]
        for other in claim["mentions"]
        if one["document"] != other["document"]
    }
    assert listed == planted
    assert (same["derivation"] != "").all()
    assert (links.loc[links["relation"] != "same_claim", "derivation"] == "").all()
