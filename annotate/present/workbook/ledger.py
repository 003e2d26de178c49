"""The sheet of the claims ledger: one row a claim, its mentions side by side in order of date."""

from collections.abc import Mapping
from typing import Any

from annotate.codebook.read import Codebook
from annotate.frames import records
from annotate.present.wording import LEDGER_KINDS, decided, relations
from annotate.present.workbook.cell import Column, Value, as_date
from annotate.present.workbook.sheet import Rows, Sheet
from annotate.provenance.ledger import VARIABLES, Ledger
from annotate.study.words import choice

MOST_MENTIONS = 12  # side by side; further ones are counted


def claims(found: Ledger, codebook: Codebook | None) -> Sheet:
    """One row a claim."""
    across = min(MOST_MENTIONS, max((len(row) for row in found.claims["mentions"]), default=0))
    columns = [
        Column("Claim", "count", 9),
        Column(
            "Kind", "long", 16, "A figure that recurs, a text that was reused, or a quotation of one origin."
        ),
        Column("First worded", "long", 40, "The wording of the first mention by date."),
        Column("Sources", "count", 11, "Who carry it."),
        Column("Passages", "count", 11, "That carry it."),
        Column("Separate texts", "count", 12, "Passages that share text with one another counted once."),
        Column("First", "date", 13, "The earliest date of publication."),
        Column("Last", "date", 13, "The latest date of publication."),
        Column("Figures", "long", 20, "How the figures of different sources relate."),
        Column("Put down to", "long", 30, "The different attributions by majority, in order of date."),
        Column("Drift", "text", 11, "Whether it is put down to different kinds of origin."),
        *(
            Column(f"Mention {place}", "long", 44, "Date, source, words, attribution and basis.", band=True)
            for place in range(1, across + 1)
        ),
        Column("Further mentions", "count", 12, "Not shown here; annotate ledger --mentions lists them."),
    ]
    rows: Rows = []
    for row in records(found.claims):
        cells: list[Value] = [row["claim"], LEDGER_KINDS[row["kind"]], row["what"]]
        cells += [row["n_sources"], row["n_mentions"], row["n_separate_texts"]]
        cells += [as_date(row["first_published"]), as_date(row["last_published"])]
        cells.append(", ".join(relations(row["relations"])) or None)
        cells.append(" → ".join(choice(codebook, "attribution", one) for one in row["attributions"]) or None)
        cells.append({True: "yes", False: "no", None: None}[row["drift"]])
        told = [_mention(one, codebook) for one in row["mentions"]]
        cells += [*told[:across], *[None] * (across - len(told)), max(0, len(told) - across) or None]
        rows.append(cells)
    return columns, rows


def _mention(mention: Mapping[str, Any], codebook: Codebook | None) -> str:
    coded = "; ".join(filter(None, (decided(codebook, name, mention) for name in VARIABLES)))
    head = f"{mention['published'] or 'undated'}, {mention['source']}"
    return "\n".join(filter(None, [head, f"“{mention['wording']}”", coded]))
