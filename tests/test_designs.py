"""Planning before there are data: what is simulated is what was asked for, and behaves as intervals do."""

import json

import numpy as np
import pytest

import annotate
from annotate.agreement import Interval, estimate, plan_design
from annotate.agreement.designs import _model, _prevalence
from annotate.errors import StatisticsError

SMALL = {"agreement": 0.7, "documents": 10, "passages": 4, "studies": 50}


@pytest.mark.parametrize(
    ("agreement", "prevalence", "alike", "coders"),
    [(0.7, (), 0.2, 3), (0.5, (8, 1, 0.5, 0.5), 0.1, 2), (0.9, (1, 1), 0.05, 4), (0.35, (3, 2, 1), 0.3, 3)],
)
def test_studies_have_the_agreement_and_prevalence_that_were_asked_for(agreement, prevalence, alike, coders):
    shares = _prevalence(4, prevalence)
    model = _model(agreement, shares, alike)
    found = model.patterns(20_000, 3, coders, np.random.default_rng(1))
    alpha = estimate(found, "krippendorff_alpha", Interval("none"))[0].value
    assert alpha == pytest.approx(agreement, abs=0.015)
    assert found.n @ found.counts / found.n_ratings == pytest.approx(shares, abs=0.01)
    assert (found.clusters.number, found.n_items) == (20_000, 60_000)


def test_more_documents_narrow_an_interval_and_cost_more():
    found = plan_design(**(SMALL | {"documents": [10, 40]}), coders=[2, 4], seconds_per_passage=36, above=0.5)
    assert found[["documents", "coders"]].to_numpy().tolist() == [[10, 2], [10, 4], [40, 2], [40, 4]]
    assert found["judgements"].tolist() == [80, 160, 320, 640]
    assert found["hours"].tolist() == pytest.approx([0.8, 1.6, 3.2, 6.4])
    half = found["half_width"].tolist()
    assert half[0] > half[1] > half[3]
    assert half[0] > 1.6 * half[2]
    assert (found["half_width_most"] >= found["half_width"]).all()
    assert found["chance_above"].between(0, 1).all()
    assert found["chance_above"].iloc[3] > found["chance_above"].iloc[0]
    assert found["value"].to_numpy() == pytest.approx(0.7, abs=0.05)


def test_passages_drawn_singly_tell_more_than_those_of_a_document():
    apart, together = (
        plan_design(agreement=0.7, documents=documents, passages=passages, studies=60)["half_width"].iloc[0]
        for documents, passages in ((200, 1), (10, 20))
    )
    assert together > 2 * apart


def test_the_same_seed_gives_the_same_table_and_a_design_does_not_hang_on_others():
    alone = plan_design(**SMALL)
    among = plan_design(**(SMALL | {"documents": [8, 10]}))
    assert (
        alone.iloc[0]
        .drop(["above", "chance_above", "hours"])
        .equals(among.iloc[1].drop(["above", "chance_above", "hours"]))
    )
    assert annotate.plan_design is plan_design


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"agreement": 1.2}, "agreement: 1.2 is not between 0 and 1"),
        ({"agreement": 0.1}, "alpha is 0.2 already"),
        ({"alike": 0}, "alike: 0 is not between"),
        ({"categories": 1}, "categories: 1 is below 2"),
        ({"prevalence": (1, -1)}, "prevalence: give a number above 0"),
        ({"coders": 1}, "two passages and two coders"),
        ({"documents": 0}, "documents: give whole numbers above 0"),
        ({"coefficient": "cohen_kappa"}, "goes by who chose what"),
        ({"above": 2}, "above: 2 is not between"),
        ({"seconds_per_passage": 0}, "is not above 0"),
        ({"studies": 5}, "studies: 5 are too few"),
        ({"documents": 10**6, "passages": 100}, "are too many to simulate"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(wrong, said):
    with pytest.raises(StatisticsError, match=said) as caught:
        plan_design(**(SMALL | wrong))
    assert "\n" not in str(caught.value)


def test_the_command_is_the_function(run):
    options = (
        "--documents",
        "10",
        "--passages",
        "4",
        "--studies",
        "50",
        "--prevalence",
        "3,2,1",
        "--above",
        "0.5",
    )
    code, out, _ = run("plan", "--design", *options, "--format", "json")
    assert code == 0
    found = plan_design(**SMALL, prevalence=(3, 2, 1), above=0.5)
    assert json.loads(out)[0]["half_width"] == found["half_width"].iloc[0]
    for wrong, said in (
        (("plan",), "or say --design"),
        (("plan", "x.csv", "--design"), "x.csv"),
        (("plan", "--design", "--prevalence", "a,b"), "write numbers"),
    ):
        code, _, err = run(*wrong)
        assert code != 0
        assert said in err
