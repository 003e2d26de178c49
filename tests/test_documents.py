"""Which documents depend on each other: what they share, and whom they name."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from annotate.provenance.ledger import ledger_of
from annotate.reuse import document_pairs, reuse
from annotate.reuse.documents import DOCUMENT_COLUMNS, namings
from annotate.study.passages import passages_of, read_passages

EXAMPLE = Path(__file__).parent.parent / "tasks/example.json"
LORRIES = (
    "Eleven lorries with covered lamps drove past the old chapel towards the flooded quarry before dawn."
)
LAMPS = "A widow sold the lighthouse lens to a glazier of Ombrey for ninety crowns and a goat."
LOG = "The harbour master keeps a log of the ferries under seal in a cellar below the customs house."


def document(name: str, *texts: str, **data: str) -> list[dict[str, Any]]:
    """Tasks of one document; its source is the name with a capital, unless told."""
    tasks, at = [], 0
    for number, text in enumerate(texts):
        own = {"passage_id": f"{name}{number}", "document_id": name, "text": text, "start": at}
        tasks.append({"data": own | {"source": name.title()} | data})
        at += len(text) + 1
    return tasks


def found(*documents: list[dict[str, Any]]) -> pd.DataFrame:
    passages = passages_of([task for tasks in documents for task in tasks])
    return document_pairs(passages, reuse(passages))


def names(text: str, **data: str) -> list[str]:
    """How a document with this text names one of the Tessel Gazette."""
    other = {"source": "The Tessel Gazette", "title": "Eleven lorries left the quarry", **data}
    passages = passages_of(
        [*document("gazette", "It was so.", **other), *document("weekly", text)],
    )
    return [one.how for one in namings(passages) if one.document == "weekly"]


class TestNaming:
    @pytest.mark.parametrize(
        "text",
        [
            "Nine men were seen, the Tessel Gazette reported on Monday.",
            "The Tessel Gazette has also found that nine men were seen.",
            "According to the newspaper Tessel Gazette, nine men were seen.",
            "“I saw nine,” the miner told the Tessel Gazette last week.",
            "A report by the Tessel Gazette speaks of nine men.",
            "The Tessel Gazette's own investigation speaks of nine men.",
            "The Tessel Gazette\u2019s report speaks of nine men.",
        ],
    )
    def test_an_outlet_as_whom_something_is_from(self, text: str) -> None:
        assert names(text) == ["outlet"]

    @pytest.mark.parametrize(
        "text",
        [
            "A man of the Tessel Gazette was turned back at the border.",
            "He reads the Tessel Gazette.",
            "The tessel gazette reported it.",
            "The New Tessel reported it in the Gazette.",
        ],
    )
    def test_a_mere_mention_is_none(self, text: str) -> None:
        assert names(text) == []

    def test_a_title_and_an_address(self) -> None:
        assert names("See Eleven Lorries Left the Quarry for more.") == ["title"]
        assert names("See the eleven lorries of the quarry.") == []
        short = {"title": "Empty beds: what happened at Drellin"}
        assert names("It is called “Empty Beds”, and is long.", **short) == ["title"]
        assert names("There were empty beds in the ward.", **short) == []
        url = {"url": "https://www.gazette.example.org/2023/quarry/"}
        assert names("Read http://gazette.example.org/2023/quarry.", **url) == ["address"]
        assert names("Read http://gazette.example.org/2023/quarry-2.", **url) == []

    def test_the_place_slices_to_the_words(self) -> None:
        passages = read_passages(EXAMPLE)
        texts = {(row.document, row.start): row.text for row in passages.itertuples()}
        made = namings(passages)
        assert len(made) > 4
        for one in made:
            start, text = next(
                (start, text)
                for (document, start), text in texts.items()
                if document == one.document and start <= one.start < start + len(text)
            )
            assert text[one.start - start : one.end - start] == one.text

    def test_nobody_names_their_own_outlet_or_what_came_later(self) -> None:
        own = {"source": "The Gazette"}
        text = "The Gazette reported that nine men were seen."
        assert found(document("a", text, **own), document("b", LAMPS, **own)).empty
        older = document("a", text, published="2023-01-01")
        assert found(older, document("b", LAMPS, source="The Gazette", published="2023-01-02")).empty
        row = found(older, document("b", LAMPS, source="The Gazette", published="2022-12-30")).iloc[0]
        assert (row["a_document"], row["b_names_a"], row["direction"]) == ("b", ["outlet"], "a_to_b")
        assert row["because"] == ["a cites The Gazette"]


class TestPairs:
    def test_one_sentence_in_common_does_not_join_long_documents_but_two_do(self) -> None:
        one = document(
            "a", LORRIES, LAMPS, "Of the mules nobody spoke.", "Rain fell on the granite for a week."
        )
        once = document("b", LORRIES, "Paraffin burned over the steps.", LOG, LOG[::-1])
        twice = document("b", LORRIES, "Paraffin burned over the steps.", LAMPS, LOG, LOG[::-1])
        assert found(one, once)[["n_pairs", "joined"]].to_numpy().tolist() == [[1, False]]
        row = found(one, twice).iloc[0]
        assert (row["n_pairs"], row["joined"], row["because"]) == (2, True, ["2 shared passages"])
        assert row["a_share"] == pytest.approx(
            (len(LORRIES) + len(LAMPS) - 2) / sum(len(task["data"]["text"]) for task in one)
        )

    def test_half_of_the_shorter_document_joins(self) -> None:
        row = found(document("a", LORRIES), document("b", f"{LORRIES} {LAMPS}", LOG)).iloc[0]
        assert (row["joined"], row["because"]) == (True, ["99% of the shorter text"])

    def test_the_same_quotations_do_not_join(self) -> None:
        one = document("a", f"“{LORRIES}”", "Rain fell.", f"“{LAMPS}”")
        row = found(one, document("b", f"“{LAMPS}”", f"“{LORRIES}”", LOG)).iloc[0]
        assert (row["n_pairs"], row["n_quotations"], row["n_strong"], row["joined"]) == (2, 2, 0, False)

    def test_nothing_in_common_is_an_empty_table_with_its_columns(self) -> None:
        assert found(document("a", LORRIES), document("b", LAMPS)).columns.tolist() == list(DOCUMENT_COLUMNS)

    def test_the_order_of_the_passages_does_not_matter(self) -> None:
        passages = read_passages(EXAMPLE)
        pairs = reuse(passages)
        shuffled = document_pairs(passages.sample(frac=1, random_state=3), pairs)
        pd.testing.assert_frame_equal(document_pairs(passages, pairs), shuffled)


class TestIndependence:
    def test_a_source_that_cites_another_is_no_second_witness(self) -> None:
        first = document("a", "The clerk counted 1,734 boats in the harbour.", published="2023-01-01")
        alone = document("b", "In the harbour lay 1,734 boats.", published="2023-01-02")
        citing = document("b", "1,734 boats lay in the harbour.", "So A wrote on Monday.")
        assert ledger_of(passages_of([*first, *alone])).claims["n_separate_texts"].tolist() == [2]
        assert ledger_of(passages_of([*first, *citing])).claims["n_separate_texts"].tolist() == [1]

    def test_a_document_counts_once_however_often_it_says_so(self) -> None:
        often = document("a", "The clerk counted 1,734 boats.", "There were 1,734 boats, he said again.")
        other = document("b", "In the harbour lay 1,734 boats.")
        claim = ledger_of(passages_of([*often, *other])).claims.iloc[0]
        assert (claim["n_mentions"], claim["n_separate_texts"]) == (3, 2)

    def test_the_circle_of_the_example_is_one_text(self) -> None:
        """A blog tells a magazine, which tells an agency, which tells the blog: nobody saw eleven trucks."""
        claims = ledger_of(read_passages(EXAMPLE)).claims
        circle = {"kestwire", "ommerlight-magazine", "drellin-notebook"}
        row = next(
            row for row in claims.to_dict("records") if circle <= {one["document"] for one in row["mentions"]}
        )
        assert row["n_sources"] == 5
        assert row["n_separate_texts"] == 1
