"""Damaged and hostile inputs by the thousand: each is read, or refused in one line, in bounded time and memory.

Valid exports, label configs, tables, manifests and documents are changed at random, from a seed: values in JSON by
others (no object where one is needed, numbers past 64 bits, signs that no file holds), bytes by other bytes, parts
cut out, doubled or put elsewhere. What comes out is read as the commands read it, and some of it is measured.

    python -m benchmarks.fuzz 100000 --seed 1

A case fails if it ends in anything but an error of this package or ends its process, takes more than two seconds of CPU
time, or if the process would take more memory than the bound; the status is 1 then, and each failure is printed with the seed of its case.
"""

import argparse
import contextlib
import copy
import io
import json
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import docx
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from annotate.agreement import disagreements, measure
from annotate.codebook.check import check_config
from annotate.codebook.read import read_codebook
from annotate.codebook.scale import scales_of
from annotate.corpus.manifest import read_manifest as read_sources
from annotate.corpus.readers import read_documents
from annotate.corpus.tasks import read_tasks
from annotate.errors import AnnotateError
from annotate.files import bundled
from annotate.frames import read_frame
from annotate.present.tables import rendered
from annotate.present.workbook import read_decisions_sheet
from annotate.provenance.ledger import ledger_of
from annotate.sampling import Interval
from annotate.study.passages import passages_of_study
from annotate.study.snapshot import read_manifest, write_snapshot
from annotate.study.study import study_of_ratings, study_of_tasks
from tests.pdf_example import column, pdf
from tests.study_example import export

SECONDS = 2.0
GIGABYTES = 6
"""Of addresses that the process may take: libraries that are loaded take two of them."""
IN_ONE_PROCESS = 2000
FORKED = multiprocessing.get_context("fork")
_DEEP: list[Any] = []
for _ in range(300):
    _DEEP = [_DEEP]
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        3.5,
        -0.0,
        1e308,
        float("nan"),
        float("inf"),
        2**31,
        2**63,
        -(2**63) - 1,
        2**64,
    ),
    *(
        10**30,
        10**400,
        "",
        " ",
        "0",
        "-1",
        "1e400",
        "NaN",
        "None",
        "\x00",
        "a\rb",
        "\x1b[31m",
        "\u202e",
        "\ud800",
    ),
    *("=1+1", "<b>", "2026-02-30", "0000-00-00", "9999-12-31T23:59:60Z", "x" * 5000, "9" * 5000, "́" * 3000),
    *([], [None], [[]], {}, {"a": 1}, {"": {}}, {"id": []}, [1, "a", {}], _DEEP),
)
BYTES = (b"\x00", b"\xff\xfe", b'"', b"'", b"<", b">", b"&", b"\r", b"\n", b",", b"]]>", b"<!--", b"&#0;", b"\xed\xa0\x80",
         b"9" * 400, b"(" * 400, b"<a " * 200, "\u0301".encode() * 200, b"%PDF", b"PK\x03\x04")  # fmt: skip
RATINGS = "".join(
    ["item,source,annotator,variable,category,round,document,lead_time\n"]
    + [f"p{item},s{item % 2},{who},v,{(item + place) % 3},1,d{item // 2},{place + 1.5}\n"
       for item in range(8) for place, who in enumerate("abc")]
)  # fmt: skip


def likely(dice: random.Random, share: float) -> bool:
    """True with that probability."""
    return dice.random() < share


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to everything in a JSON value."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def changed(value: Any, dice: random.Random) -> Any:
    """A JSON value in which one to four things are replaced, left out, doubled or swapped."""
    made = copy.deepcopy(value)
    for _ in range(dice.randint(1, 4)):
        paths = list(places(made))
        if not paths:
            return made
        path = dice.choice(paths)
        home = made
        for key in path[:-1]:
            home = home[key]
        if likely(dice, 0.7):
            home[path[-1]] = copy.deepcopy(dice.choice(VALUES))
        elif likely(dice, 0.5) or not isinstance(home, list):
            del home[path[-1]]
        else:
            home.insert(dice.randint(0, len(home)), copy.deepcopy(home[path[-1]]))
    return made


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Bytes of which some are replaced, cut out, doubled or moved."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randint(0, len(made))
        until = min(len(made), at + dice.choice((1, 1, 4, 30, 400)))
        act = dice.choice(("put", "cut", "double", "change", "end"))
        if act == "put":
            made[at:until] = dice.choice(BYTES)
        elif act == "cut":
            del made[at:until]
        elif act == "double":
            made[at:at] = made[at:until] * dice.choice((1, 1, 2, 60))
        elif act == "change" and at < len(made):
            made[at] = dice.randrange(256)
        else:
            made = made[: max(1, at)]
    return bytes(made)


class Inputs:
    """Valid inputs of each kind, made once, and what is done with a changed one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.export: list[Any] = json.loads(json.dumps(export()[:8]))
        self.config = bundled("label_config.xml").read_bytes()
        self.book = read_codebook(self.config.decode())
        write_snapshot(
            folder, "snapshot", self.export, self.book.config, {"project": {"id": 1, "title": "Port"}}
        )
        self.snapshot = folder / "snapshot"
        self.manifest = json.loads((self.snapshot / "manifest.json").read_text(encoding="utf-8"))
        self.tasks = [
            {"data": one["data"] | {"document_sha256": "0" * 64, "config_sha256": "0" * 64}}
            for one in self.export
        ]
        self.ratings = pd.read_csv(io.StringIO(RATINGS), dtype="str")
        self.documents = self._documents()

    def _documents(self) -> dict[str, bytes]:
        words = "The harbour office said on 5 May 2024 that 9 of 12 ferries (75 %) had stopped. “I saw it,” said Ana.\n\n"
        word, book = docx.Document(), openpyxl.Workbook()
        made: dict[str, bytes] = {}
        word.add_heading("A title")
        word.add_paragraph(words)
        word.add_table(2, 2).cell(0, 0).text = "cell"
        book.active.append(["text", "source", "published"])
        book.active.append([words, "Herald", "2024-05-05"])
        for ending, one in ((".docx", word), (".xlsx", book)):
            page = io.BytesIO()
            one.save(page)
            made[ending] = page.getvalue()
        html = f"<html><head><title>T</title><meta charset=utf-8></head><body><p>{words}</p><ul><li>a</ul><table><tr><td>1</table></body></html>"
        rows = "".join(
            json.dumps({"text": words, "source": f"s{n}", "published": "2024"}) + "\n" for n in range(3)
        )
        return made | {
            ".txt": (words * 3).encode(),
            ".md": f"# Title\n\n{words}\n> quoted\n\n- a\n- b\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n".encode(),
            ".html": html.encode(),
            ".csv": f'text,source\n"{words.strip()}",Herald\n'.encode(),
            ".jsonl": rows.encode(),
            ".pdf": pdf(
                [column("A line of words.\nAnd another line of them."), column("A page.\nOf lines.")]
            ),
        }

    def of_export(self, dice: random.Random) -> None:
        study = study_of_tasks(changed(self.export, dice), self.book)
        passages = passages_of_study(study)
        if likely(dice, 0.05) and len(study.first_round):
            measure(study.first_round, scales=study.scales, interval=Interval(replicates=5))
            found = disagreements(study.ratings, tuple(study.levels))
            ledger_of(passages, study.ratings)
            for form in ("csv", "json", "markdown", "table"):
                rendered(found, form, 80)

    def of_tasks(self, dice: random.Random) -> None:
        path = self.folder / "tasks.json"
        path.write_bytes(damaged(json.dumps(changed(self.tasks, dice)).encode(), dice) if likely(dice, 0.5)
                         else json.dumps(changed(self.tasks, dice)).encode())  # fmt: skip
        read_tasks(path)

    def of_config(self, dice: random.Random) -> None:
        xml = damaged(self.config, dice).decode("utf-8", "replace")
        check_config(xml)
        read_codebook(xml)

    def of_manifest(self, dice: random.Random) -> None:
        said = json.dumps(changed(self.manifest, dice)).encode()
        (self.snapshot / "manifest.json").write_bytes(damaged(said, dice) if likely(dice, 0.3) else said)
        read_manifest(self.snapshot)

    def of_table(self, dice: random.Random) -> None:
        path = self.folder / "ratings.csv"
        path.write_bytes(damaged(RATINGS.encode(), dice))
        self._study(path, dice)

    def of_parquet(self, dice: random.Random) -> None:
        path = self.folder / "ratings.parquet"
        table = pa.Table.from_pandas(self.ratings)
        act = dice.choice(("columns", "types", "bytes"))
        if act == "columns":
            own = (table.schema.metadata or {}).get(b"pandas", b"{}")
            said = json.dumps(changed(json.loads(own), dice)).encode()
            table = table.replace_schema_metadata(
                {b"pandas": damaged(said, dice) if likely(dice, 0.3) else said}
            )
        elif act == "types":
            place = dice.randrange(table.num_columns)
            kinds: tuple[Callable[[int], Any], ...] = (
                lambda n: pa.array([b"\xff"] * n),
                lambda n: pa.array([2**64 - 1] * n, pa.uint64()),
                lambda n: pa.array([{"a": 1}] * n),
                lambda n: pa.array([["a"]] * n),
                lambda n: pa.array([2**62] * n, pa.timestamp("s")),
                lambda n: pa.array([2**62] * n, pa.duration("s")),
                lambda n: pa.array([float("nan"), float("inf")] * (n // 2)),
                pa.nulls,
                lambda n: pa.array([True] * n),
                lambda n: pa.array([1] * n, pa.decimal256(60, 2)),
                lambda n: pa.array([1] * n, pa.date32()),
                lambda n: pa.array(["a", None] * (n // 2)).dictionary_encode(),
            )
            table = table.set_column(place, table.column_names[place], dice.choice(kinds)(table.num_rows))
        pq.write_table(table, path)  # type: ignore[no-untyped-call]
        if act == "bytes":
            path.write_bytes(damaged(path.read_bytes(), dice))
        self._study(path, dice)

    def _study(self, path: Path, dice: random.Random) -> None:
        study = study_of_ratings(read_frame(path), None, str(path))
        if likely(dice, 0.1):
            level = dice.choice(("nominal", "ordinal", "interval", "ratio", "set"))
            names = dict.fromkeys(study.ratings["variable"].unique(), level)
            measure(study.first_round, scales=scales_of(names, {}), interval=Interval(replicates=5))

    def of_document(self, dice: random.Random) -> None:
        ending = dice.choice(sorted(self.documents))
        data, path = self.documents[ending], self.folder / f"document{ending}"
        if ending in (".docx", ".xlsx") and likely(dice, 0.8):
            data = _repacked(data, dice)
        else:
            data = damaged(data, dice)
        path.write_bytes(data)
        try:
            read_documents(path)
        finally:
            if ending == ".xlsx":
                with contextlib.suppress(AnnotateError):
                    read_decisions_sheet(path)
        if ending == ".csv":
            read_sources(path)


def _repacked(data: bytes, dice: random.Random) -> bytes:
    """An archive in which what one entry holds is damaged, and which is packed anew."""
    page = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(page, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        hit = dice.choice(archive.namelist())
        for name in archive.namelist():
            inner = archive.read(name)
            made.writestr(name, damaged(inner, dice) if name == hit else inner)
    return page.getvalue()


class TooSlowError(BaseException):
    """A case took too long; no error that anything here would catch."""


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TooSlowError


def run(
    count: int,
    seed: int,
    kinds: tuple[str, ...] = (),
    *,
    first: int = 0,
    begin: Callable[[int], bool] = lambda _: True,
) -> tuple[Counter[str], list[str]]:
    """Try so many cases; give how many of each kind were read and refused, and what failed.

    ``begin`` is asked with the number of each case whether it shall be tried.
    """
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES * 2**30, resource.RLIM_INFINITY))
    signal.signal(signal.SIGVTALRM, _too_slow)
    tally: Counter[str] = Counter()
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(Path(folder))
        acts = {
            name.removeprefix("of_"): getattr(inputs, name) for name in dir(inputs) if name.startswith("of_")
        }
        names = sorted(kinds or acts)
        for number in filter(begin, range(first, first + count)):
            kind = names[number % len(names)]
            dice = random.Random(f"{seed}:{number}")  # noqa: S311
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
            try:
                acts[kind](dice)
                tally[f"{kind}: read"] += 1
            except AnnotateError as error:
                tally[f"{kind}: refused"] += 1
                if not str(error).strip() or len(str(error).splitlines()) > 1:
                    failed.append(f"{kind} {seed}:{number}: no message of one line: {str(error)!r}")
            except TooSlowError:
                failed.append(f"{kind} {seed}:{number}: more than {SECONDS} s of CPU time")
            except Exception as error:  # noqa: BLE001
                where = traceback.extract_tb(error.__traceback__)[-1]
                own = [
                    one for one in traceback.extract_tb(error.__traceback__) if "/annotate/" in one.filename
                ]
                last = own[-1] if own else where
                failed.append(
                    f"{kind} {seed}:{number}: {type(error).__name__}: {str(error)[:120]} at {Path(last.filename).name}:{last.lineno}"
                )
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return tally, failed


def apart(count: int, seed: int, kinds: tuple[str, ...] = ()) -> tuple[Counter[str], list[str]]:
    """Do as :func:`run` in processes of their own: a case that ends its process has failed, and the others are tried."""
    tally: Counter[str] = Counter()
    failed: list[str] = []
    ended: set[int] = set()
    at, number = FORKED.Value("q", -1), 0
    while number < count:
        many = min(IN_ONE_PROCESS, count - number)
        here, there = FORKED.Pipe(duplex=False)
        worker = FORKED.Process(target=_worker, args=((many, seed, kinds), number, at, ended, there))
        worker.start()
        there.close()
        try:
            done, wrong = here.recv()
        except EOFError:
            worker.join()
            ended.add(at.value)
            failed.append(f"{seed}:{at.value}: the process ended with status {worker.exitcode}")
            continue
        worker.join()
        tally, failed, number = tally + done, failed + wrong, number + many
    return tally, failed


def _worker(what: tuple[int, int, tuple[str, ...]], first: int, at: Any, ended: set[int], there: Any) -> None:
    def begin(number: int) -> bool:
        at.value = number
        return number not in ended

    there.send(run(*what, first=first, begin=begin))


def main() -> None:
    """Print what became of the cases; status 1 if one failed."""
    parser = argparse.ArgumentParser(description="Read damaged and hostile inputs by the thousand.")
    parser.add_argument("cases", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", default=[])
    chosen = parser.parse_args()
    tally, failed = apart(chosen.cases, chosen.seed, tuple(chosen.kind))
    for name, number in sorted(tally.items()):
        print(f"{name}: {number}")
    for one in failed:
        print(one)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{chosen.cases} cases, {len(failed)} failed, {used.ru_utime:.0f} s of CPU time, at most {used.ru_maxrss / 1024:.0f} MB"
    )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
