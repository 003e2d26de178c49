"""The claims ledger: what recurs is one row, carried by each passage in order of date."""

import html
import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from annotate.codebook.scale import Scale
from annotate.consensus import majority
from annotate.present.report import render_report
from annotate.present.summary import summarise
from annotate.present.workbook import write_workbook
from annotate.provenance import reuse
from annotate.provenance.claims.pairs import Answer
from annotate.provenance.ledger import CLAIM_COLUMNS, MENTION_COLUMNS, _called, ledger, ledger_of
from annotate.sampling import Interval
from annotate.study.passages import passages_of, read_passages_and_study
from annotate.study.study import read_study

EXAMPLE = Path(__file__).parent.parent / "exports/example"
TEXTS = {
    "p1": ("weekly", "2023-01-01", "The clerk counted 30 boats."),
    "p2": ("daily", "2023-02-01", "About 30 boats were lost, it is thought."),
    "p3": ("gazette", None, "The harbour lost 30 boats."),
    "p4": ("daily", "2023-02-01", "The lamp on the pier was out that night."),
    "p5": ("gazette", None, "That night the lamp on the pier was out."),
}


def passages(texts=None):
    tasks = [
        {"data": {"passage_id": item, "source": source, "document_id": source, "text": text}
         | ({"published": published} if published else {})}
        for item, (source, published, text) in (texts or TEXTS).items()
    ]  # fmt: skip
    return passages_of(tasks)


def side(name, item, wording):
    document, _, text = TEXTS[item]
    start = text.index(wording)
    return {
        f"{name}_item": item, f"{name}_document": document, f"{name}_source": document, f"{name}_start": start,
        f"{name}_end": start + len(wording), f"{name}_surface": wording, f"{name}_text": wording,
    }  # fmt: skip


def comparison(group, one, other, relation):
    return {"group": group, "relation": relation, **side("a", *one), **side("b", *other)}


FIGURES = pd.DataFrame(
    [{"document": "weekly", "start": 18, "low": 30.0, "high": 30.0}],
    columns=["document", "start", "low", "high"],
)
COMPARISONS = pd.DataFrame(
    [
        comparison(1, ("p1", "30 boats"), ("p2", "About 30 boats"), "same"),
        comparison(1, ("p1", "30 boats"), ("p3", "30 boats"), "same"),
        comparison(1, ("p2", "About 30 boats"), ("p3", "30 boats"), "overlap"),
    ]
)
LAMP = {
    "kind": "text",
    "score": 0.8,
    **side("a", "p4", "lamp on the pier was out"),
    **side("b", "p5", "lamp on the pier was out"),
}
BOATS = {
    "kind": "text",
    "score": 0.8,
    **side("a", "p1", "counted 30 boats"),
    **side("b", "p3", "lost 30 boats"),
}


def ratings(**chosen):
    return pd.DataFrame(
        [
            {"item": item, "annotator": f"A{n}", "variable": "attribution", "category": category}
            for item, categories in chosen.items()
            for n, category in enumerate(categories)
        ]
    )


def test_a_recurring_figure_is_followed_by_date_and_undated_mentions_come_last():
    found = ledger(passages(), FIGURES, COMPARISONS, pd.DataFrame([LAMP]))
    assert list(found.claims.columns) == list(CLAIM_COLUMNS)
    assert list(found.mentions.columns) == list(MENTION_COLUMNS)
    figure, text = found.claims.to_dict("records")
    assert (figure["kind"], figure["what"], figure["n_sources"]) == ("figure", "30 boats", 3)
    assert figure["relations"] == ["overlap", "same"]
    assert (figure["first_published"], figure["last_published"]) == ("2023-01-01", "2023-02-01")
    assert [one["item"] for one in figure["mentions"]] == ["p1", "p2", "p3"]
    assert (figure["mentions"][0]["low"], figure["attributions_differ"]) == (30.0, None)
    assert (text["kind"], text["n_sources"], text["n_separate_texts"]) == ("text", 2, 1)


def test_what_is_no_date_stands_last_and_is_neither_first_nor_last():
    dates = ("yesterday", "2020-13-45", "", "05/03/2020", "2020-05-02", "2020-05-01T10:00:00Z", "2021")
    texts = {
        f"p{n}": (f"outlet {n}", date, "The harbour lost 240 boats to the ice of Tessel.")
        for n, date in enumerate(dates)
    }
    claim = ledger_of(passages(texts)).claims.iloc[0]
    assert (claim["first_published"], claim["last_published"]) == ("2020-05-01T10:00:00Z", "2021")
    assert [mention["item"] for mention in claim["mentions"]][:3] == ["p5", "p4", "p6"]


def test_a_mention_slices_to_its_wording():
    found = ledger(passages(), FIGURES, COMPARISONS, pd.DataFrame([LAMP]))
    for row in found.mentions.to_dict("records"):
        assert row["text"][row["start"] : row["end"]] == row["wording"]


def test_text_shared_inside_a_recurring_figure_has_no_row_of_its_own():
    found = ledger(passages(), FIGURES, COMPARISONS, pd.DataFrame([BOATS]))
    assert found.claims["kind"].tolist() == ["figure"]
    assert found.claims["n_separate_texts"].tolist() == [2]
    assert dict(zip(found.mentions["item"], found.mentions["shared_text"], strict=True)) == {
        "p1": "p1", "p2": None, "p3": "p1",
    }  # fmt: skip


def test_more_than_one_attribution_differs_and_a_tie_is_none():
    def told_of(**chosen):
        found = ledger(passages(), FIGURES, COMPARISONS, pd.DataFrame([LAMP]), ratings(**chosen))
        assert found.claims["drift"].isna().all()
        return found.claims.iloc[0][["attributions", "attributions_differ"]].tolist(), found.mentions.iloc[1]

    assert told_of(p1=["named", "named", "vague"], p2=["vague"])[0] == [["named", "vague"], True]
    assert told_of(p1=["named"], p2=["named"])[0] == [["named"], False]
    told, second = told_of(p1=["named"], p2=["named", "vague"])
    assert told == [["named"], None]
    assert (second["attribution"], second["attribution_tied"], second["attribution_share"]) == (
        None, ["named", "vague"], 0.5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("derivation", "second", "drift"),
    [("b_from_a", "vague", True), ("b_from_a", "named", False), ("independent", "vague", None)],
)
def test_drift_is_along_a_link_by_which_one_mention_was_taken_from_the_other(derivation, second, drift):
    coded = {("p1", "p2"): {"x": Answer("same_claim", derivation)}}
    rated = ratings(p1=["named"], p2=[second])
    found = ledger(passages(), FIGURES, COMPARISONS, pd.DataFrame([LAMP]), rated, coded=coded)
    row = found.claims.loc[found.claims["status"] == "linked"].iloc[0]
    assert (row["attributions_differ"], row["drift"]) == (second == "vague", drift)


def test_a_number_of_nothing_makes_no_claim():
    texts = {
        "p1": ("weekly", "2023-01-01", "The harbour office put the losses of the storm at 1,237 or so."),
        "p2": ("daily", "2023-02-01", "Losses of the storm: 1,237, the harbour office said later."),
    }
    found = ledger_of(passages(texts))
    assert (found.claims["kind"].tolist(), found.n_trivial) == (["text"], 1)
    texts["p1"] = ("weekly", "2023-01-01", "The harbour office put the losses of the storm at 1,237 boats.")
    texts["p2"] = ("daily", "2023-02-01", "Losses of the storm: 1,237 boats, the harbour office said later.")
    assert ledger_of(passages(texts)).claims["kind"].tolist() == ["figure"]


def test_nothing_that_recurs_is_an_empty_ledger_with_its_columns():
    found = ledger_of(passages({"p1": TEXTS["p1"]}))
    assert found.claims.empty
    assert list(found.claims.columns) == list(CLAIM_COLUMNS)
    assert found.mentions.empty
    assert list(found.mentions.columns) == list(MENTION_COLUMNS)


def test_the_example_shows_the_planted_drift_from_a_named_expert_to_nobody():
    texts, study = read_passages_and_study(EXAMPLE)
    found = ledger_of(texts, study.first_round)
    carried = {
        claim: set(rows["document"])
        for claim, rows in found.mentions.groupby("claim")
        if rows["wording"].str.contains("240").any()
    }
    planted = {"lowgate-rights-watch", "varrinsk-observer", "kestwire", "ommerlight-magazine"}
    claim = next(number for number, documents in carried.items() if planted <= documents)
    row = found.claims.loc[found.claims["claim"] == claim].iloc[0]
    assert row["attributions_differ"]
    assert {"named_person", "vague_or_impersonal"} <= set(row["attributions"])


def test_majority_counts_one_vote_an_annotator_and_leaves_ties_open():
    table = ratings(p1=["named", "named", "vague"], p2=["named", "vague"]).assign(round=1)
    repeat = table.iloc[[2]].assign(round=2)
    voted = majority(pd.concat([table, repeat])).to_dict("records")
    assert voted[0] | {"share": round(voted[0]["share"], 3)} == {
        "item": "p1", "variable": "attribution", "category": "named", "share": 0.667, "n_ratings": 3,
        "tie": False, "tied": None,
    }  # fmt: skip
    assert (voted[1]["category"], voted[1]["tie"], voted[1]["tied"]) == (None, True, '["named","vague"]')


def test_the_workbook_has_a_row_for_each_claim_with_its_mentions_in_order(tmp_path):
    study = read_study(EXAMPLE)
    summary = summarise(study, interval=Interval(replicates=20))
    path = tmp_path / "study.xlsx"
    write_workbook(path, summary)
    _, header, *rows = openpyxl.load_workbook(path)["Claims"].iter_rows(values_only=True)
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    claims = summary.ledger.claims
    expected = [
        (number, claim["what"], mention["source"], mention["wording"], claim["attributions_differ"])
        for number, claim in enumerate(claims.to_dict("records"), start=1)
        for mention in claim["mentions"]
    ]
    assert expected == [
        (
            row["Claim"],
            row["What recurs"],
            row["Source"],
            row["In these words"],
            row["Attributions"] == "differ",
        )
        for row in cells
    ]


def test_the_report_marks_the_very_words_in_each_passage():
    study = read_study(EXAMPLE)
    summary = summarise(study, interval=Interval(replicates=20))
    page = render_report(summary)
    section = page.partition('<section id="ledger"')[2].partition("</section>")[0]
    section = re.sub("<details.*?</details>", "", section, flags=re.DOTALL)  # there shared words are marked
    marked = [html.unescape(words) for words in re.findall("<mark>(.*?)</mark>", section, re.DOTALL)]
    assert marked == [one["wording"] for row in summary.ledger.claims["mentions"] for one in row]
    assert "Nobody in particular" in section
    assert "cannot both hold" in section


def test_a_table_of_ratings_has_no_texts_and_so_no_claims(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "item,source,annotator,variable,category\np,S,A,v,x\np,S,B,v,x\nq,S,A,v,y\nq,S,B,v,x\n",
        encoding="utf-8",
    )
    summary = summarise(read_study(path), scales={"v": Scale("nominal")}, interval=Interval(replicates=20))
    assert summary.ledger.claims.empty


def test_weak_pairs_do_not_join_texts_that_say_different_things():
    texts = (
        "The pilots of Ombrey think that up to 60,000 gallons of paraffin ran into the harbour.",
        "The board has it that between 20,000 and 23,000 gallons of paraffin came into the harbour.",
        "The board has it that between 20,000 and 23,000 gallons of paraffin got into the harbour, no more.",
    )
    rows = {f"p{n}": (f"outlet {n}", None, text) for n, text in enumerate(texts)}
    assert "p0" in set(reuse(passages(rows))["a_item"])
    assert all(
        "p0" not in items for items in ledger_of(passages(rows)).mentions.groupby("claim")["item"].agg(set)
    )
    assert set(ledger_of(passages(rows)).mentions["item"]) == {"p1", "p2"}


def test_a_pair_makes_a_claim_by_its_score_and_its_share_of_the_shorter_passage():
    def joined(kind, score, one="lamp on the pier was out", other="lamp on the pier was out"):
        pair = {"kind": kind, "score": score, **side("a", "p4", one), **side("b", "p5", other)}
        return len(ledger(passages(), FIGURES, COMPARISONS.iloc[:0], pd.DataFrame([pair])).claims) == 1

    assert joined("text", 0.45)
    assert not joined("text", 0.44)
    assert joined("quotation", 0.3)
    assert not joined("quotation", 0.9, "lamp on the", "lamp on the")
    assert not joined("text", 0.9, "lamp on the", "lamp on the")


def test_the_planted_rewordings_are_claims():
    texts, _ = read_passages_and_study(EXAMPLE)
    planted = json.loads(
        (Path(__file__).parents[1] / "tasks/example/planted.json").read_text(encoding="utf-8")
    )
    items = {(row.document, row.text): row.item for row in texts.itertuples()}
    claims = [set(rows["item"]) for _, rows in ledger_of(texts).mentions.groupby("claim")]
    for one in planted["reuse"]:
        pair = {items[one[side]["document"], one[side]["sentence"]] for side in ("from", "to")}
        assert any(pair <= claim for claim in claims), one["id"]


def test_a_claim_is_not_called_by_a_bare_number():
    text = "The office counted 4,312 in all that year."
    first = {"wording": "4,312", "text": text, "start": 119, "text_start": 100}
    other = {"wording": "4,312 goats", "text": "It put 4,312 goats down.", "start": 7, "text_start": 0}
    assert _called([first, other]) == "4,312 goats"
    assert _called([first, first]) == "The office counted 4,312 in all that …"
    assert (
        _called([{**first, "text": "In the end " + text, "start": 130}])
        == "… The office counted 4,312 in all that …"
    )
