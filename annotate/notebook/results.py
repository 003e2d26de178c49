"""What the methods of a study give back: a table with every digit, and what it is to be read with.

A result prints as the command line does: rounded, with what was left out and with its cautions. Its
``frame`` is not rounded.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from annotate.agreement import MEANINGS
from annotate.codebook.read import Codebook
from annotate.errors import InputError, StatisticsError, counted
from annotate.files import refuse_ending, whole
from annotate.notebook.asked import path_of
from annotate.present import charts
from annotate.present.claim_tables import mentions_table, profile_tables
from annotate.present.study_tables import agreement_table, readable
from annotate.present.tables import cell, rendered
from annotate.present.wording import SHARES, exclusions_line
from annotate.provenance.profiles import CLAIM_TYPE, CLAIM_TYPES
from annotate.study.words import in_words

Tables = pd.DataFrame | Sequence[pd.DataFrame]
_SHOWN = 60
"""Rows of a table that are printed; the frame has all."""


@dataclass(frozen=True)
class Chart:
    """One chart or several, as SVG by their titles; a notebook shows them."""

    drawn: Mapping[str, str]

    @property
    def svg(self) -> str:
        """The chart, where there is one.

        Raises
        ------
        InputError
            If there are several.

        """
        if len(self.drawn) > 1:
            raise InputError(
                f"svg: there are {len(self.drawn)} charts, of {', '.join(self.drawn)}; name one in plot(), or take .drawn"
            )
        return next(iter(self.drawn.values()))

    def save(self, path: Path | str) -> None:
        """Write the charts into a page (.html), or one chart into a picture (.svg).

        Raises
        ------
        InputError
            If the name ends otherwise, or several charts are to go into one picture.

        """
        path = path_of(path)
        if path.suffix.lower() not in (".html", ".svg"):
            raise InputError(f"{path}: a chart is written to .svg or .html")
        text = self.svg if path.suffix.lower() == ".svg" else f'<meta charset="utf-8">\n{self._repr_html_()}'
        with whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")

    def __repr__(self) -> str:
        return f"Chart of {', '.join(self.drawn)}; .save(path) writes it"

    def _repr_html_(self) -> str:
        return "\n".join(
            f'<figure style="background:#fff;color:#1d2530;display:inline-block;margin:8px;padding:8px">'
            f"<figcaption><b>{html.escape(title)}</b></figcaption>{svg}</figure>"
            for title, svg in self.drawn.items()
        )


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """A table that was computed from a study.

    ``frame`` has every digit. ``exclusions`` are those of the study: one row for each annotation or answer that
    was left out, with its reason. ``for_reading`` makes of the frame what is printed. ``meanings`` say what each
    caution means, ``notes`` what else there is to say.
    """

    frame: pd.DataFrame
    exclusions: pd.DataFrame
    for_reading: Callable[[pd.DataFrame], Tables] = field(default=readable, kw_only=True)
    meanings: Mapping[str, str] = field(default_factory=lambda: MEANINGS, kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def left_out(self) -> dict[str, int]:
        """How much was left out of the study, by reason."""
        return {str(reason): int(count) for reason, count in self.exclusions["reason"].value_counts().items()}

    @property
    def cautions(self) -> dict[str, str]:
        """The cautions that apply to some row (column ``caution``), each with what it means."""
        said = self.frame["caution"].dropna() if "caution" in self.frame else ()
        met = dict.fromkeys(name for text in said for name in str(text).split("; "))
        return {name: self.meanings.get(name, name) for name in met}

    def tables(self) -> tuple[pd.DataFrame, ...]:
        """Give the tables that are printed, not yet rounded."""
        found = self.for_reading(self.frame)
        return (found,) if isinstance(found, pd.DataFrame) else tuple(found)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        tables = [rendered(_bare(table.head(_SHOWN)), "table") for table in self.tables() if len(table)]
        return "\n".join(filter(None, [*tables, *self._said()])).rstrip("\n")

    def _repr_html_(self) -> str:
        tables = [
            table.head(_SHOWN)
            .map(cell)
            .rename(columns=lambda name: str(name).replace("_", " "))
            .to_html(index=False, border=0)
            for table in self.tables()
            if len(table)
        ]
        return "\n".join([*tables, *(f"<p>{html.escape(line)}</p>" for line in self._said())])

    def _said(self) -> list[str]:
        """What is to be read with the tables, in lines."""
        more = [len(table) - _SHOWN for table in self.tables() if len(table) > _SHOWN]
        below = [line for table in self.tables() for line in table.attrs.get("below", ())]
        cautions = [f"{name}: {meaning}" for name, meaning in self.cautions.items()]
        return [
            *(("no rows",) if self.frame.empty else ()),
            *(f"and {counted(rows, 'more row')}; .frame has all" for rows in more),
            *filter(None, [exclusions_line(self.left_out)]),
            *(
                f"caution, {line}" if line.startswith("every row") else line
                for line in dict.fromkeys(below)
                if line not in cautions
            ),
            *(
                f"caution, {line}"
                for line in cautions
                if not any(told.endswith(f", {line}") for told in below)
            ),
            *self.notes,
        ]

    def to_csv(self, path: Path | str | None = None) -> str | None:
        """Write the frame as CSV with every digit, into a file or, without a path, as a text."""
        return _write(rendered(self.frame, "csv"), path, ".csv")

    def to_markdown(self, path: Path | str | None = None) -> str | None:
        """Write what is printed as tables in Markdown, rounded."""
        return _write("\n".join(rendered(table, "markdown") for table in self.tables()), path, ".md")

    def to_latex(self, path: Path | str | None = None) -> str | None:
        """Write what is printed as tables in LaTeX (package booktabs), rounded."""
        return _write("\n".join(rendered(table, "latex") for table in self.tables()), path, ".tex")


def _bare(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the words below it, which a result tells with its own."""
    shown = table.copy(deep=False)
    shown.attrs = {"heading": table.attrs.get("heading")}
    return shown


def _write(text: str, path: Path | str | None, ending: str) -> str | None:
    if path is None:
        return text
    place = path_of(path)
    if place.suffix:
        refuse_ending(place, ending, "such a table")
    with whole(place) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
    return None


@dataclass(frozen=True, repr=False, eq=False)
class Agreement(Result):
    """Agreement, overall and by group."""

    by: tuple[str, ...] = ()
    codebook: Codebook | None = None

    def tables(self) -> tuple[pd.DataFrame, ...]:
        """Give one table: the coefficients of each group and variable side by side."""
        return (agreement_table(self.frame, self.by, self.codebook),)

    def plot(self, variable: str | None = None) -> Chart:
        """Draw the chart of the report: for each group, each coefficient as a dot with its interval.

        Parameters
        ----------
        variable
            One of those measured; default: a chart for each.

        Raises
        ------
        StatisticsError
            If there is no such variable, or there are more groups than a chart can hold.

        """
        there = list(dict.fromkeys(self.frame["variable"]))
        if variable is not None and variable not in there:
            raise StatisticsError(f"variable {variable!r}: was not measured; there are {', '.join(there)}")
        drawn = {}
        for name in there if variable is None else [variable]:
            rows = self.frame.loc[self.frame["variable"] == name]
            title = f"Agreement on {in_words(name).lower()}"
            if "category" in rows:
                rows = rows.loc[rows["category"].isna()]
            svg = charts.agreement_chart(_grouped(rows, self.by), key=f"agreement-{name}", title=title)
            drawn[title] = _there(svg)
        return Chart(drawn)


def _grouped(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Name each group in the column by which charts are drawn; None stands for all of them together."""
    if by in ((), ("source",)):
        return rows
    named = [
        None if all(value is None for value in group) else ", ".join(map(str, group))
        for group in rows[list(by)].itertuples(index=False, name=None)
    ]
    return rows.assign(source=pd.Series(named, index=rows.index, dtype=object))


def _there(svg: str | None) -> str:
    if svg is None:
        raise StatisticsError(
            f"plot: a chart holds {charts.MOST_SOURCES} groups at most, and one at least; take the table"
        )
    return svg


@dataclass(frozen=True, repr=False, eq=False)
class Profile(Result):
    """What each source attributes, to whom, and on what ground."""

    def tables(self) -> tuple[pd.DataFrame, ...]:
        """Give two tables: the shares of each source, and the spread of its kinds of claims."""
        return profile_tables(self.frame)

    def plot(self) -> Chart:
        """Draw the shares of claims by source, each with its interval, and the kinds of claims.

        Raises
        ------
        StatisticsError
            If there are more sources than a chart can hold.

        """
        there = [name for name in SHARES if name in set(self.frame["measure"])]
        drawn = {}
        if there:
            title = "Shares of claims, by source"
            drawn[title] = _there(charts.share_chart(self.frame, there, key="shares", title=title))
        kinds = self.frame.loc[self.frame["measure"] == CLAIM_TYPES, "category"].dropna().unique()
        if len(kinds):
            title = f"{in_words(CLAIM_TYPE)}, by source"
            labels = {str(kind): in_words(str(kind)) for kind in kinds}
            drawn[title] = _there(charts.claim_type_chart(self.frame, labels, key="kinds", title=title))
        return Chart(drawn)


@dataclass(frozen=True, repr=False, eq=False)
class Consensus(Result):
    """One decided category for each passage and variable; ``annotators`` says how reliable each annotator is."""

    annotators: Result
    models: Result | None = None


@dataclass(frozen=True, repr=False, eq=False)
class Claims(Result):
    """The claims of a ledger, one row each; ``mentions`` has one row for each passage that carries one."""

    mentioned: pd.DataFrame
    codebook: Codebook | None = None

    @cached_property
    def mentions(self) -> Result:
        """Who carries each claim, when, and in what words."""
        return Result(
            self.mentioned,
            self.exclusions,
            for_reading=lambda frame: mentions_table(frame, self.codebook),
        )


@dataclass(frozen=True, repr=False, eq=False)
class Suggested(Result):
    """The passages that wait, in the order in which to code them. ``quality``: how good the suggested labels are."""

    quality: Result = field(kw_only=True)


@dataclass(frozen=True, repr=False, eq=False)
class Changed(Result):
    """The ratings that are not what they were before; ``agreement`` and ``labels`` say what became of these.

    ``counts`` says how many passages, ratings, labels and marks were added, changed, removed, or are the same.
    """

    agreement: Result = field(kw_only=True)
    labels: Result = field(kw_only=True)
    counts: Mapping[str, Mapping[str, int]] = field(kw_only=True)
