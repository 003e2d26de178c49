"""The checks of a table of ratings as queries, for DuckDB: of a table that need not fit into memory.

Every check of :func:`annotate.study.ratings.check_ratings` is made here, and names the same rows in the same words. What
concerns a text is asked of each text once, by the same functions: names and categories are few, however many
rows there are. Only items are many, and of them only those are looked at whose spelling is out of the ordinary. Where
a check fails, a second query finds the rows that are named.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from annotate.codebook.read import Codebook
from annotate.frames import WHITE, copied, named, parquet_columns, quoted, read_frame, write_frame
from annotate.study.missing import MARKERS, Documents, counts_of, missing_cells, named_missing
from annotate.study.ratings import (
    JUDGEMENT,
    KEY,
    OPTIONAL,
    REQUIRED,
    declared_by,
    later_caution,
    no_cell,
    rated_twice,
    rounds_of,
    spell_as_declared,
    two_sources,
    waves_caution,
    with_texts,
    within_codebook,
)
from annotate.study.spellings import PERHAPS_CHANGED, composed, counted_cautions, plain_spelling, unseen

_UNSEEN = r"^[\p{Cc}\p{Cf}\p{Z}\s\x{FE00}-\x{FE0F}]*$"


@dataclass(frozen=True)
class Checked:
    """A table that was checked: the view ``ratings`` of its connection, and what was found on the way.

    ``rounds`` is how many rounds are told apart, ``documents`` whether the column document tells which items are drawn
    together, ``missing`` how many rows were left out because they hold no judgement.
    """

    variables: tuple[str, ...]
    rounds: int
    documents: bool
    missing: int
    cautions: tuple[str, ...]


class Entering:
    """What :func:`annotate.study.ratings.enter_ratings` does, step by step, on a table that stays where it is.

    The view ``raw`` has the cells as they stand and the number of each row, ``texts`` has text in the required
    columns, and ``entered`` has it in canonical form and says which rows are left out.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        folder: Path,
        codebook: Codebook | None,
        where: str | None = None,
    ) -> None:
        self._on, self._where, self._codebook = connection, where or str(path), codebook
        place = path if path.suffix.lower() == ".parquet" else self._as_parquet(path, folder / "rows.parquet")
        self._columns = parquet_columns(place)
        own = "file_row_number" in map(str.casefold, self._columns)  # then DuckDB cannot number the rows so
        source = f"read_parquet({quoted(place)}{'' if own else ', file_row_number = true'})"
        names = [row[0] for row in self._rows(f"DESCRIBE SELECT * FROM {source}")]
        number = "row_number() OVER () - 1" if own else named(names[-1])
        told = dict(zip(self._columns, names, strict=False))
        seen: dict[str, str] = {}
        for name in (*REQUIRED, *OPTIONAL, *self._columns):  # DuckDB does not tell Item from item
            if name in told:
                seen.setdefault(name.casefold(), name)
        self._kept = [name for name in self._columns if seen[name.casefold()] == name]
        cells = ", ".join(f"{named(told[name])} AS {named(name)}" for name in self._kept)
        self._do(f"CREATE VIEW raw AS SELECT {cells}, {number} AS row_number FROM {source}")

    def checked(self, missing: Sequence[str]) -> Checked:
        """Check everything, in the order in which a table in memory is checked.

        Raises
        ------
        TableError
            As :func:`annotate.study.ratings.check_ratings`.

        """
        ((rows,),) = self._rows("SELECT count(*) FROM raw")
        with_texts(
            pd.DataFrame([["x"] * len(self._columns)] * min(rows, 1), columns=self._columns), self._where
        )
        self._make_texts()
        names = {column: self._grouped([column]) for column in ("source", "annotator")}
        pairs = self._grouped(["variable", "category"])
        said = list(self._spellings(names, pairs))
        gone, told = self._canonical(names, pairs, missing)
        said += told
        self._no_blanks(pairs.loc[~gone])
        self._number_rounds()
        said += self._one_rating_each()
        self._one_source_each()
        said += Documents(self._rows, ()).cautions(quoted(_UNSEEN)) if self._untold else ()
        if self._codebook is not None:
            self._within_codebook()
        self._make_ratings()
        return Checked(
            tuple(dict.fromkeys(pairs.loc[~gone, "variable"])),
            self._rounds,
            self._documents,
            int(pairs.loc[gone, "n"].sum()),
            tuple(said),
        )

    def exported(self) -> Checked:
        """Check the ratings of an export, which need no understanding: see :func:`canonical_ratings`.

        Raises
        ------
        TableError
            As :func:`annotate.study.ratings.canonical_ratings`.

        """
        self._make_texts()
        names = {column: self._grouped([column]) for column in ("source", "annotator")}
        pairs = self._grouped(["variable", "category"])
        said = list(self._spellings(names, pairs))
        told = pairs[["variable", "category"]].apply(lambda column: column.str.strip())
        stripped = {} if told.equals(pairs[["variable", "category"]]) else {"variable", "category"}
        cells = ", ".join(
            f"trim({named(one)}, {quoted(WHITE)}) AS {named(one)}" if one in stripped else named(one)
            for one in (*self._kept, "row_number")
        )
        self._do(f"CREATE VIEW entered AS SELECT {cells} FROM texts")
        self._no_blanks(pairs.assign(**told))
        self._number_rounds()
        said += self._one_rating_each(waves=False)
        self._one_source_each()
        self._make_ratings()
        return Checked(tuple(dict.fromkeys(told["variable"])), self._rounds, self._documents, 0, tuple(said))

    def _do(self, sql: str) -> None:
        self._on.execute(sql)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._on.execute(sql).fetchall()

    def _frame(self, sql: str) -> pd.DataFrame:
        found: pd.DataFrame = self._on.sql(sql).to_arrow_table().to_pandas()
        return found

    def _as_parquet(self, path: Path, place: Path) -> Path:
        """A table of text, written as Parquet: as it is read over and over, and its rows have numbers there."""
        if path.suffix.lower() != ".csv" or not path.is_file() or not copied(self._on, path, place):
            write_frame(read_frame(path), place)  # which says what is wrong with it, if something is
        return place

    def _make_texts(self) -> None:
        """Have text in the columns that are required; what is not text gets the text that pandas gives it."""
        kinds = {row[0]: str(row[1]) for row in self._rows("DESCRIBE raw")}
        cells, joins = [], []
        for column in REQUIRED:
            name = named(column)
            empty = self._rows(f"SELECT count(*) FROM raw WHERE {name} IS NULL")[0][0]
            if kinds[column] == "VARCHAR":
                cells.append(f"raw.{name}")
            elif re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", kinds[column]) and not empty:
                cells.append(f"CAST(raw.{name} AS VARCHAR) AS {name}")
            else:
                found = self._frame(
                    f"SELECT {name}, min(row_number) AS row FROM raw GROUP BY {name} ORDER BY row"
                ).set_index("row")
                texts = with_texts(
                    found.assign(**{one: "" for one in REQUIRED if one != column}), self._where
                )
                self._keep(f"text_{column}", found.assign(text=texts[column].astype(object)))
                joins.append(
                    f"LEFT JOIN text_{column} ON raw.{name} IS NOT DISTINCT FROM text_{column}.{name}"
                )
                cells.append(f"text_{column}.text AS {name}")
        others = [f"raw.{named(column)}" for column in self._kept if column not in REQUIRED]
        self._do(
            f"CREATE VIEW texts AS SELECT {', '.join([*cells, *others])}, row_number FROM raw {' '.join(joins)}"
        )

    def _keep(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a small frame as a table."""
        self._on.register("small", frame)
        self._do(f"CREATE OR REPLACE TABLE {name} AS FROM small")
        self._on.unregister("small")

    def _grouped(self, columns: Sequence[str], of: str = "texts", where: str = "") -> pd.DataFrame:
        """What stands in some columns, each once: how often (``n``), numbered by the first row that has it."""
        cells = ", ".join(map(named, columns))
        found = self._frame(
            f"SELECT {cells}, count(*) AS n, min(row_number) AS row FROM {of} {where} GROUP BY {cells} ORDER BY row"
        ).set_index("row")
        return found.astype(dict.fromkeys(columns, "str"))

    def _spellings(self, names: Mapping[str, pd.DataFrame], pairs: pd.DataFrame) -> tuple[str, ...]:
        """The cautions of :func:`annotate.study.spellings.spelling_cautions`."""
        counts = {
            column: _summed(names[column][column], names[column]["n"]) for column in ("source", "annotator")
        }
        counts["variable"] = _summed(pairs["variable"], pairs["n"])
        categories = {
            str(variable): _summed(found["category"], found["n"])
            for variable, found in pairs.groupby("variable", sort=False)
        }
        documents = Documents(self._rows, self._texts_of("texts")).odd()
        return counted_cautions(counts, self._alike_items(), categories, self._codebook, documents)

    @cached_property
    def _odd_items(self) -> pd.DataFrame:
        """The items that are not spelled in the plainest way, or that are blank."""
        return self._grouped(
            ["item"],
            where=f"WHERE item IS NULL OR item = '' OR regexp_matches(item, {quoted(PERHAPS_CHANGED)})",
        )

    def _alike_items(self) -> dict[str, int]:
        """How many rows have each item that may be another one in another spelling, and each of those."""
        odd = self._odd_items.dropna(subset="item")
        if odd.empty:
            return {}
        forms = odd["item"].map(plain_spelling)
        self._keep("plain", pd.DataFrame({"item": forms[forms != odd["item"]].unique()}, dtype="str"))
        found = self._grouped(["item"], where="SEMI JOIN plain USING (item)")
        both = pd.concat([odd, found])
        both = both.loc[~both.index.duplicated()].sort_index()
        return dict(zip(both["item"], both["n"].tolist(), strict=True))

    def _canonical(
        self, names: Mapping[str, pd.DataFrame], pairs: pd.DataFrame, missing: Sequence[str]
    ) -> "tuple[pd.Series[bool], list[str]]":
        """Make the view ``entered``, in which texts are composed and stripped and categories as the codebook has them.

        What stands for no judgement is told for each pair of a variable and a category, with the cautions.
        """
        cells, joins = {}, []
        for column in ("source", "annotator"):
            found = names[column]
            texts = composed(found[column]).str.strip()
            if not texts.equals(found[column]):
                self._keep(
                    f"canon_{column}", pd.DataFrame({"raw": found[column], "text": texts}).astype(object)
                )
                joins.append(f"LEFT JOIN canon_{column} ON {column} IS NOT DISTINCT FROM canon_{column}.raw")
                cells[column] = f"canon_{column}.text"
                names[column][column] = texts
        canon = pairs.assign(**{one: composed(pairs[one]).str.strip() for one in ("variable", "category")})
        if self._codebook is not None:
            spell_as_declared(canon, self._codebook)
        gone, said = missing_cells(
            canon, missing, declared_by(self._codebook), self._where, weights=canon["n"]
        )
        items = self._grouped(["item"], where=f"WHERE item IN ({', '.join(map(quoted, MARKERS))})")
        counts = {column: counts_of(found[column], found["n"]) for column, found in names.items()}
        counts["item"] = counts_of(items["item"], items["n"])
        counts |= Documents(self._rows, self._texts_of("texts")).marked()
        if gone.any() or not canon.equals(pairs):
            told = {"raw_variable": pairs["variable"], "raw_category": pairs["category"], "gone": gone}
            told |= {f"canon_{one}": canon[one] for one in ("variable", "category")}
            self._keep("canon_pairs", pd.DataFrame(told).astype({"gone": bool}))
            cells |= {"variable": "canon_variable", "category": "canon_category"}
            joins.append(
                "JOIN canon_pairs ON variable IS NOT DISTINCT FROM raw_variable "
                "AND category IS NOT DISTINCT FROM raw_category AND NOT gone"
            )
        others = self._texts_of("texts")
        cells |= {one: f"nfc_normalize({named(one)})" for one in others if one not in REQUIRED}
        if len(self._odd_items):
            cells["item"] = f"trim(nfc_normalize(item), {quoted(WHITE)})"
        every = [*REQUIRED, *(column for column in self._kept if column not in REQUIRED), "row_number"]
        chosen = ", ".join(f"{cells.get(one, named(one))} AS {named(one)}" for one in every)
        self._do(f"CREATE VIEW entered AS SELECT {chosen} FROM texts {' '.join(joins)}")
        for column in ("variable", "category"):
            pairs[column] = canon[column]
        return gone, [*said, *named_missing(counts)]

    def _texts_of(self, view: str) -> list[str]:
        return [row[0] for row in self._rows(f"DESCRIBE {view}") if row[1] == "VARCHAR"]

    def _no_blanks(self, pairs: pd.DataFrame) -> None:
        """Refuse a cell that is needed and holds nothing."""
        for column in REQUIRED:
            if column in pairs.columns:
                found = pairs
            elif column == "item":
                if self._odd_items.empty:
                    continue
                found = self._grouped(
                    ["item"], "entered", f"WHERE item IS NULL OR regexp_matches(item, {quoted(_UNSEEN)})"
                )
            else:
                found = self._grouped([column], "entered")
            blank = unseen(found[column])
            if blank.any():
                rows = found.loc[blank]
                raise no_cell(self._where, column, int(rows.index.min()), int(rows["n"].sum()))

    def _number_rounds(self) -> None:
        """Make the view ``numbered``, in which rounds are whole numbers."""
        every = [column for column in self._kept if column != "round"]
        cells = ", ".join(map(named, every))
        if "round" not in self._kept:
            self._do(f"CREATE VIEW numbered AS SELECT {cells}, 1 AS round, row_number FROM entered")
            self._rounds = 1
            return
        found = self._frame(
            "SELECT round, count(*) AS n, min(row_number) AS row FROM entered GROUP BY round ORDER BY row"
        ).set_index("row")
        numbers = rounds_of(found, self._where, found["n"])
        self._rounds = numbers.nunique() if (numbers > 1).any() else 1
        self._keep("rounds", pd.DataFrame({"raw_round": found["round"], "number": numbers}))
        self._do(
            f"CREATE VIEW numbered AS SELECT {cells}, number AS round, row_number FROM entered "
            "JOIN rounds ON round IS NOT DISTINCT FROM raw_round"
        )

    def _one_rating_each(self, *, waves: bool = True) -> list[str]:
        """Refuse a judgement that was made twice; say whether rounds are waves, and what later rounds hold alone."""
        if self._alike_bits(KEY) and self._repeats(KEY):
            keys = ", ".join(KEY)
            twice = (
                f"SELECT {keys}, min(row_number) AS first FROM numbered GROUP BY {keys} HAVING count(*) > 1"
            )
            ((count,),) = self._rows(f"SELECT count(*) FROM ({twice})")
            rows = self._frame(
                f"FROM numbered SEMI JOIN (FROM ({twice}) ORDER BY first LIMIT 1) USING ({keys}) ORDER BY row_number"
            ).set_index("row_number")
            raise rated_twice(self._where, rows, int(count))
        if self._rounds == 1:
            return []
        if waves and not self._repeats(JUDGEMENT):
            told, self._rounds = self._rounds, 1
            return [waves_caution(told)]
        first = "(FROM numbered WHERE round = 1) f"
        alone = f"FROM numbered l ANTI JOIN {first} USING (item, annotator, variable) WHERE l.round > 1"
        ((count,),) = self._rows(f"SELECT count(*) {alone}")
        if not count:
            return []
        ((whole,),) = self._rows(
            f"SELECT count(DISTINCT item) FROM (SELECT item {alone}) a ANTI JOIN {first} USING (item)"
        )
        ((of,),) = self._rows("SELECT count(DISTINCT item) FROM numbered")
        return [later_caution(int(count), int(whole), int(of))]

    def _repeats(self, keys: Sequence[str]) -> bool:
        """Whether two rows have the same values of ``keys``, asked of the items that may have such rows."""
        bits = (
            f"SELECT item FROM numbered GROUP BY item HAVING bit_count(bit_or({self._bit(keys)})) < count(*)"
        )
        repeats = f"SELECT 1 FROM numbered SEMI JOIN ({bits}) USING (item) GROUP BY {', '.join(keys)} HAVING count(*) > 1"
        return bool(self._rows(f"SELECT count(*) FROM (FROM ({repeats}) LIMIT 1)")[0][0])

    def _bit(self, keys: Sequence[str]) -> str:
        """A bit for each value of the keys besides the item; several may share one.

        Where as many bits are set on an item as it has rows, no two of them have the same values.
        """
        told = ", ".join(key for key in keys if key != "item")
        few = f"SELECT DISTINCT {told} FROM numbered"
        bits = f"SELECT DISTINCT salt, hash({told}, salt) & 63 FROM ({few}), range(32) salts(salt)"
        salts = self._rows(f"SELECT salt FROM ({bits}) GROUP BY salt ORDER BY count(*) DESC, salt LIMIT 1")
        return f"1::UBIGINT << (hash({told}, {salts[0][0]}::BIGINT) & 63)"

    def _alike_bits(self, keys: Sequence[str]) -> bool:
        """Look at each item once: whether a judgement may have been made twice, for ``keys``; and keep what else is asked.

        Sources and documents are compared by 64 bits of a hash: that two sources of an item have the same is less likely
        than a fault of the machine.
        """
        ends = "0 AS first, 0 AS last, true AS blank"
        if "document" in self._kept:
            text = "document::VARCHAR"  # trimmed only where it may be blank, for trimming takes long
            cell = f"CASE WHEN ord({text}) BETWEEN 33 AND 126 THEN 'x' ELSE nullif(trim({text}, {quoted(WHITE)}), '') END"
            ends = f"min(hash(document)) AS first, max(hash(document)) AS last, count({cell}) < count(*) AS blank"
        bits, several, torn, blank, documents, items = self._rows(
            "SELECT bool_or(bits < n), bool_or(low <> high), bool_or(first <> last), bool_or(blank), "
            "count(DISTINCT first), count(*) FROM (SELECT count(*) AS n, min(hash(source)) AS low, "
            f"max(hash(source)) AS high, bit_count(bit_or({self._bit(keys)})) AS bits, {ends} "
            "FROM numbered GROUP BY item)"
        )[0]
        self._several_sources = bool(several)
        self._documents = not torn and not blank and int(documents) < int(items)
        self._untold = "document" in self._kept and bool(torn or blank)
        return bool(bits)

    def _one_source_each(self) -> None:
        if not self._several_sources:
            return
        torn = "SELECT item, min(row_number) AS first FROM numbered GROUP BY item HAVING count(DISTINCT source) > 1"
        ((count,),) = self._rows(f"SELECT count(*) FROM ({torn})")
        ((item,),) = self._rows(f"SELECT item FROM ({torn}) ORDER BY first LIMIT 1")
        sources = self._grouped(["source"], "numbered", f"WHERE item = {quoted(item)}")["source"]
        raise two_sources(self._where, item, sources, int(count))

    def _within_codebook(self) -> None:
        pairs = self._frame(
            "SELECT variable, category, arg_min(item, row_number) AS item, arg_min(annotator, row_number) AS annotator "
            "FROM numbered GROUP BY variable, category ORDER BY min(row_number)"
        )
        if self._codebook is not None:
            within_codebook(pairs, self._codebook, self._where)

    def _make_ratings(self) -> None:
        """Make the view ``ratings``, with the columns that a table of ratings has."""
        known = [column for column in OPTIONAL if column in self._kept]
        extra = [column for column in self._kept if column not in (*REQUIRED, *OPTIONAL)]
        every = dict.fromkeys([*REQUIRED, *known, *extra, "round"])  # which comes last where it is added
        cells = ", ".join(
            "1::BIGINT AS round" if column == "round" and self._rounds == 1 else named(column)
            for column in every
        )
        self._do(f"CREATE VIEW ratings AS SELECT {cells} FROM numbered")


def _summed(texts: "pd.Series[Any]", n: "pd.Series[int]") -> dict[str, int]:
    """How many rows have each text, in the order of the first; cells that hold nothing have none."""
    return {str(text): int(count) for text, count in n.groupby(texts, sort=False).sum().items()}
