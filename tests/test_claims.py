"""Claims: linked passages, who has it from whom, the range of origins, what is open, and what a person corrects."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import annotate
from annotate.codebook.scale import Scale
from annotate.consensus import fitted
from annotate.errors import InputError
from annotate.provenance.claims._figures import spread
from annotate.provenance.claims._posterior import chances
from annotate.provenance.claims.corrections import Corrections, read_corrections
from annotate.provenance.claims.measured import by_posterior, drift, gather, leave_one_out, measure, steps
from annotate.provenance.claims.pairs import answers
from annotate.provenance.source_table import source_table
from annotate.sampling import Interval, generator
from annotate.study.study import read_study
from tests import claim_example

EXAMPLE = Path(__file__).parent.parent / "exports/example"
NO_INTERVAL = Interval(replicates=0)


@pytest.fixture
def study(tmp_path):
    return claim_example.study(tmp_path)


def measured(study, links=None, interval=NO_INTERVAL, **more):
    found = gather(study, links, **more)
    return found, measure(found, interval).to_dict("records")


def test_linked_passages_are_one_claim_whatever_their_words(study, tmp_path):
    found, (claim,) = measured(study, claim_example.links(tmp_path))
    assert (claim["status"], claim["kind"], claim["n_mentions"], claim["n_sources"]) == (
        "linked",
        "claim",
        6,
        6,
    )
    assert set(found.book.mentions["item"]) == set(claim_example.PASSAGES) - {"other"}
    assert measured(study)[1] == []  # nothing recurs in these words


def test_the_figures_of_a_claim_are_those_worked_out_by_hand(study, tmp_path):
    found, (claim,) = measured(study, claim_example.links(tmp_path))
    # Ana Mirel, behind the wire and the daily; the circle of three; the gazette, which does not say.
    assert (claim["origins_low"], claim["origins_high"], claim["origins"]) == (1, 3, ["Ana Mirel"])
    assert (claim["echo_low"], claim["echo_high"]) == (2, 6)
    assert (claim["circular"], claim["proof"]) == ("yes", ["magazine", "weekly", "blog"])
    assert claim["single_root"] == "no"
    assert (
        claim["depth"] == 3
    )  # once round; from the daily it is two: the wire, and whom the wire has it from
    assert (claim["first_source"], claim["n_undated"], claim["span_days"], claim["recency_days"]) == (
        ["Kestwire"],
        1,
        61,
        0,
    )
    told = {(row["item"], row["from_item"]): row["how"] for row in steps(found).to_dict("records")}
    assert {pair: how for pair, how in told.items() if how in ("coded", "cites")} == {
        ("daily", "wire"): "coded", ("blog", "magazine"): "cites", ("magazine", "weekly"): "cites", ("weekly", "blog"): "cites",
    }  # fmt: skip


def test_a_circle_is_no_more_without_one_of_its_documents_and_that_is_marked(study, tmp_path):
    found, (claim,) = measured(study, claim_example.links(tmp_path))
    out = leave_one_out(found)
    kinds = out.groupby("left_out")["name"].agg(sorted).to_dict()
    assert kinds["annotator"] == ["A1", "A2"]
    assert kinds["linker"] == ["L1", "L2"]
    without = out.loc[out["flips"].map(lambda flips: "circular" in flips), "name"].tolist()
    assert set(without) == {"d-Tide Blog", "d-Ommer Magazine", "d-Lock Weekly"}
    assert any(flip.startswith("not circular without document") for flip in claim["flips"])


def test_one_origin_behind_all_sources_is_one_root(study, tmp_path):
    rows = [
        ("wire", "daily", "L1", "same_claim", "b_from_a"),
        ("daily", "gazette", "L1", "same_claim", "b_from_a"),
    ]
    _, (claim,) = measured(study, claim_example.links(tmp_path, rows))
    assert (claim["origins_low"], claim["origins_high"], claim["single_root"]) == (1, 1, "yes")
    assert set(claim["proof"]) == {"wire", "daily", "gazette"}
    assert claim["depth"] == 3  # gazette, daily, wire, Ana Mirel


def test_a_contradiction_within_a_claim_is_listed_and_not_papered_over(study, tmp_path):
    rows = [
        ("wire", "daily", "L1", "same_claim", ""),
        ("daily", "blog", "L1", "same_claim", ""),
        ("wire", "blog", "L1", "contradict", ""),
        ("wire", "blog", "L2", "contradict", ""),
        ("wire", "blog", "L3", "narrower", ""),
        ("wire", "other", "L1", "topic_only", ""),
    ]
    found, (claim,) = measured(study, claim_example.links(tmp_path, rows))
    (row,) = found.contradictions.to_dict("records")
    assert (row["a_item"], row["b_item"], row["relation"]) == ("wire", "blog", "contradict")
    assert row["votes"] == "contradict 2, narrower 1"
    assert row["chain"] == ["wire", "daily", "blog"]
    assert claim["n_mentions"] == 3


def test_a_tie_links_nothing(study, tmp_path):
    rows = [
        ("wire", "daily", who, relation, "") for who, relation in (("L1", "same_claim"), ("L2", "topic_only"))
    ]
    assert measured(study, claim_example.links(tmp_path, rows))[1] == []
    decided = pd.DataFrame({"item": [claim_example.links(tmp_path, rows).pairs["item"][0]] * 2,
                            "variable": ["relation", "derivation"], "category": ["same_claim", "b_from_a"]})  # fmt: skip
    _, (claim,) = measured(study, claim_example.links(tmp_path, rows), decided=decided)
    assert (claim["n_mentions"], claim["origins_high"]) == (2, 1)


def test_the_interval_is_of_the_answers_that_were_given(study, tmp_path):
    rows = [("wire", "daily", "L1", "same_claim", "b_from_a"), ("wire", "daily", "L2", "same_claim", "independent"),
            ("wire", "daily", "L3", "same_claim", "b_from_a")]  # fmt: skip
    _, (claim,) = measured(study, claim_example.links(tmp_path, rows), Interval(replicates=2000, seed=1))
    assert (claim["origins_high"], claim["ci_low"], claim["ci_high"]) == (1, 1, 2)
    assert claim["single_root_share"] == pytest.approx(2 / 3, abs=0.04)  # one of three says independent
    _, (again,) = measured(study, claim_example.links(tmp_path, rows), Interval(replicates=2000, seed=1))
    assert again["single_root_share"] == claim["single_root_share"]
    sure = [(*row[:4], "b_from_a") for row in rows]
    _, (claim,) = measured(study, claim_example.links(tmp_path, sure), Interval(replicates=200))
    assert (claim["ci_low"], claim["ci_high"], claim["single_root_share"]) == (1, 1, 1)


def test_the_consensus_posterior_weighs_annotators_by_how_reliable_they_are(study, tmp_path):
    """Two of three linkers agree on 40 pairs, the third answers at odds: an answer of the third alone is hardly drawn."""
    pairs = [(f"w{number}", f"v{number}") for number in range(40)]
    truth = {both: "same_claim" if at % 2 else "topic_only" for at, both in enumerate(pairs)}
    wrong = {"same_claim": "topic_only", "topic_only": "same_claim"}
    rows = [
        (*both, who, said if who != "L3" else wrong[said] if at % 4 == 0 else said, "")
        for at, (both, said) in enumerate(truth.items())
        for who in ("L1", "L2", "L3")
    ]
    rows += [("wire", "daily", who, said, "") for who, said in (("L1", "same_claim"), ("L3", "topic_only"))]
    given = answers(claim_example.links(tmp_path, rows))
    coding = replace(gather(study).coding, pairs=given)
    found = chances(study, coding).pairs["wire", "daily"]
    table = pd.DataFrame(
        [(f"{a} {b}", "", who, "r", said) for a, b, who, said, _ in rows],
        columns=["item", "source", "annotator", "variable", "category"],
    )
    scales = {"r": Scale("nominal", ("same_claim", "topic_only"))}
    (fit,) = fitted(table, scales=scales, cluster=None, expecting=True)
    expected = fit.posterior[list(fit.items).index("wire daily")]
    shares = {answer.relation: share for answer, share in found}
    assert shares["same_claim"] == pytest.approx(expected[0], abs=1e-5)
    assert shares["same_claim"] > 0.6  # by votes it is a tie
    assert all(
        sum(share for _, share in one) == pytest.approx(1) for one in chances(study, coding).pairs.values()
    )


def test_single_errors_are_not_made_a_category_of_their_own(study, tmp_path):
    """Of 200 pairs, 25 have one answer of five that is never true: Dawid & Skene alone make some of them contradictions."""
    rows = []
    for at in range(300):
        both = f"w{at}", f"v{at}"
        errs = at // 8 % 5 if at < 200 and at % 8 == 0 else None
        for who in range(5):
            said = ("contradict", "narrower")[at // 40 % 2] if who == errs else "same_claim"
            rows.append((*both, f"L{who}", said if at < 200 else "topic_only", ""))
    given = answers(claim_example.links(tmp_path, rows))
    found = chances(study, replace(gather(study).coding, pairs=given)).pairs
    for at in range(300):
        likely = {answer.relation: share for answer, share in found[f"w{at}", f"v{at}"]}
        assert likely["same_claim" if at < 200 else "topic_only"] > 0.95


def test_what_is_drawn_is_said_and_the_same_seed_draws_the_same(study, tmp_path):
    rows = [(a, b, "L1", "same_claim", "cannot_tell") for a, b in claim_example.SAME]
    rows += [("wire", "daily", "L2", "topic_only", ""), ("weekly", "gazette", "L2", "same_claim", "a_from_b")]
    links = claim_example.links(tmp_path, rows)
    found = by_posterior(gather(study, links))
    once, again = (measure(found, Interval(replicates=300, seed=4)) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)
    assert once["interval"].tolist() == [
        "300 draws of the consensus posterior of each passage and pair (Dawid-Skene)"
    ]
    assert (once["ci_low"] <= once["origins_low"]).all()
    drawn = spread(next(iter(found.scopes))[1], found.coding, 4000, generator(0, "t"), found.chances)
    same = [
        sum(share for answer, share in readings if answer.relation == "same_claim")
        for readings in found.chances.pairs.values()
    ]
    assert min(same) < 0.9
    whole = math.prod(same)  # all are mentions of the claim where every pair in the row is the same
    assert (drawn["n_mentions"] == 6).mean() == pytest.approx(whole, abs=0.03)


def test_who_drops_out_of_a_claim_when_links_are_drawn_moves_its_mentions(study, tmp_path):
    rows = [("wire", "daily", who, "same_claim", "b_from_a") for who in ("L1", "L2")]
    rows += [("daily", "gazette", who, relation, "") for who, relation in (("L1", "same_claim"), ("L2", "same_claim"), ("L3", "topic_only"))]  # fmt: skip
    _, (claim,) = measured(study, claim_example.links(tmp_path, rows), Interval(replicates=500))
    assert (claim["n_mentions"], claim["mentions_ci_low"], claim["mentions_ci_high"]) == (3, 2, 3)


def test_corrections_join_split_reject_and_title(study, tmp_path):
    links = claim_example.links(
        tmp_path, [("wire", "daily", "L1", "same_claim", ""), ("blog", "magazine", "L1", "same_claim", "")]
    )
    fix = Corrections(join=(("daily", "blog"),), titles=(("wire", "Ships lost at the weir"),))
    _, (claim,) = measured(study, links, corrections=fix)
    assert (claim["status"], claim["what"], claim["n_mentions"]) == ("corrected", "Ships lost at the weir", 4)
    found, (claim,) = measured(study, links, corrections=Corrections(split=frozenset({"wire"})))
    assert set(found.book.mentions["item"]) == {"blog", "magazine"}
    found, _ = measured(study, links, corrections=Corrections(reject=frozenset({"wire"})))
    assert (set(found.book.mentions["item"]), found.book.n_rejected) == ({"blog", "magazine"}, 1)
    _, (claim,) = measured(study, corrections=Corrections(join=(("gazette", "weekly"),)))
    assert (claim["status"], claim["n_mentions"]) == ("corrected", 2)


def test_two_titles_of_one_claim_are_refused(study, tmp_path):
    links = claim_example.links(tmp_path, [("wire", "daily", "L1", "same_claim", "")])
    for titles in ((("wire", "A"), ("daily", "B")), (("daily", "B"), ("wire", "A"))):
        with pytest.raises(InputError, match=r"are in one claim, which is titled “.” and “.”; leave one"):
            measured(study, links, corrections=Corrections(titles=titles))
    _, (claim,) = measured(study, links, corrections=Corrections(titles=(("wire", "A"), ("daily", "A"))))
    assert claim["what"] == "A"


def test_names_of_what_was_coded_as_one_origin_count_once_at_least(study, tmp_path):
    """The wire names Ana Mirel and the blog Ommer Magazine, and who linked them says that it is one origin."""
    rows = [("wire", "blog", who, "same_claim", "common_origin") for who in ("L1", "L2")]
    found, (claim,) = measured(study, claim_example.links(tmp_path, rows), Interval(replicates=20))
    assert (claim["origins_low"], claim["origins_high"]) == (1, 2)
    assert claim["caution"] == (
        "coded as one origin, but named Ana Mirel and Ommer Magazine: join the names, or look at the pair again"
    )
    told = source_table(found).set_index("source")
    assert (told.loc["Kestwire", "origins_low"], told.loc["Kestwire", "origins_high"]) == (1, 2)
    rows = [(*row[:4], "independent") for row in rows]
    _, (claim,) = measured(study, claim_example.links(tmp_path, rows), Interval(replicates=20))
    assert (claim["origins_low"], claim["origins_high"], claim["caution"]) == (2, 2, None)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("action,item,rank\njoin,wire,1", "unknown column rank"),
        ("item\nwire", "no column action or item"),
        ("action,item\nburn,wire", "row 2: the action 'burn' is not known"),
        ("action,item\nsplit,nobody", "row 2: passage nobody is not in this study"),
        ("action,item,other\njoin,wire,", "row 2: join names another passage"),
        ("action,item,other\nsplit,wire,daily", "split names one passage only"),
        ("action,item,other\njoin,wire,wire", "joins wire with itself"),
        ("action,item,title\ntitle,wire,", "title says nothing"),
        ("action,item\nsplit,wire\nsplit,wire", "row 3 says what an earlier row says"),
        ("action,item,other\nreject,wire,\njoin,wire,daily", "wire is joined and rejected, which contradict"),
        ("action,item,title\nreject,wire,\ntitle,wire,Ships", "wire is given a title and rejected"),
        ("action,item\nsplit,wire\nreject,wire", "wire is split off and rejected"),
        ("action,item,title\nsplit,wire,\ntitle,wire,Ships", "joined with no other"),
        ("action,item,title\ntitle,wire,A\ntitle,wire,B", "wire is given two titles"),
    ],
)
def test_bad_corrections_are_one_clear_line(tmp_path, rows, said):
    path = tmp_path / "claims.csv"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_corrections(path, set(claim_example.PASSAGES))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_planted_circle_is_found_without_links_and_with_its_proof():
    study = read_study(EXAMPLE)
    found, claims = measured(study)
    (circle,) = [claim for claim in claims if claim["circular"] == "yes"]
    document = dict(zip(study.passages["item"], study.passages["document"], strict=True))
    assert {document[item] for item in circle["proof"]} == {
        "kestwire",
        "drellin-notebook",
        "ommerlight-magazine",
    }
    assert circle["status"] == "unconfirmed"
    changes = drift(found)
    (planted,) = changes.loc[(changes["type"] == "attribution") & (changes["before"] == "named_person")
                             & (changes["after"] == "vague_or_impersonal")].to_dict("records")  # fmt: skip
    assert (document[planted["from_item"]], document[planted["item"]]) == (
        "lowgate-rights-watch",
        "varrinsk-observer",
    )


def test_without_one_citation_there_is_no_circle():
    study = read_study(EXAMPLE)
    spans = study.spans.loc[study.spans["text"] != "Ommerlight Magazine"]
    passages = study.passages.assign(
        text=study.passages["text"].str.replace("Ommerlight Magazine", "somebody  somewhere")
    )
    _, claims = measured(replace(study, spans=spans, passages=passages))
    assert {claim["circular"] for claim in claims} == {"no"}


def test_the_command_and_the_notebook_draw_from_the_posterior(run, tmp_path):
    claim_example.study(tmp_path)
    claim_example.links(tmp_path)
    of = (tmp_path / "export.json", "--links", tmp_path / "links.csv", "--draw", "posterior")
    code, out, err = run("claims", *of, "--replicates", 100, "--format", "csv")
    assert code == 0, err
    study = annotate.open_study(tmp_path / "export.json")
    frame = study.claims(links=tmp_path / "links.csv", draw="posterior", replicates=100).frame
    assert frame["interval"].iloc[0] in out
    page = tmp_path / "one.html"
    assert run("claims", *of, "--page", 1, "-o", page)[0] == 0
    assert "drawn from the consensus posterior" in page.read_text("utf-8")
    with pytest.raises(InputError, match="draw 'votes': is not known; there are answers, posterior"):
        study.claims(draw="votes")


def test_the_command_shows_each_view(run, tmp_path):
    claim_example.study(tmp_path)
    claim_example.links(tmp_path)
    code, out, words = run("claims", "export.json", "--links", "links.csv", "--replicates", "50")
    assert code == 0, words
    assert "1 to 3 [1,3]" in out
    assert "circular" in out
    for view, shown in (("--steps", "cites"), ("--mentions", "Tide Blog"), ("--leave-one-out", "linker")):
        code, out, words = run("claims", "export.json", "--links", "links.csv", view)
        assert code == 0, words
        assert shown in out
    code, _, words = run("claims", "export.json", "--steps", "--drift")
    assert (code, "ask for one at a time" in words) == (2, True)
    (tmp_path / "claims.csv").write_text(
        "action,item,title\ntitle,wire,Lost ships\nreject,other,", encoding="utf-8"
    )
    code, out, _ = run(
        "claims", "export.json", "--links", "links.csv", "--claims", "claims.csv", "--format", "csv"
    )
    assert (code, "Lost ships" in out) == (0, True)


def test_links_of_another_study_are_refused(run, tmp_path):
    claim_example.study(tmp_path)
    (tmp_path / "links.csv").write_text(
        "a_item,b_item,annotator,relation,derivation\nx1,x2,L1,same_claim,\n", encoding="utf-8"
    )
    code, out, words = run("claims", "export.json", "--links", "links.csv")
    assert (code, out) == (1, "")
    assert "of another study" in words
