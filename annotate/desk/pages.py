"""The pages of the desk: what was last seen, rendered; and the files that are written when a button is pressed."""

import hashlib
import hmac
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pandas as pd
from jinja2 import PackageLoader
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from annotate.coordination.assignment import message_for
from annotate.coordination.following import agreement_frame, part_frame
from annotate.coordination.following.progress import AnnotatorProgress
from annotate.desk.watching import Seen, Watching
from annotate.errors import AnnotateError, counted
from annotate.present import charts
from annotate.present.claim_tables import ledger_table
from annotate.present.label_tables import disagreements_table, progress_lines, progress_table
from annotate.present.report import write_report
from annotate.present.study_tables import readable, side_by_side
from annotate.present.summary import summarise
from annotate.present.tables import cell
from annotate.present.workbook import write_workbook
from annotate.studio.pull import pull
from annotate.study.study import read_study
from annotate.study.words import visible

PAGES = charts.PAGES.overlay(loader=PackageLoader("annotate.desk"))
"""The templates, in which every text is escaped, as in those of the report."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_WRITTEN = {"workbook": (".xlsx", write_workbook), "report": (".html", write_report)}
_STATIC = {"desk.css": "text/css", "desk.js": "text/javascript"}
_NOTHING: dict[str, Any] = {
    "tables": [],
    "people": [],
    "files": [],
    "found": None,
    "lines": [],
    "empty": "",
    "url": "",
}


@dataclass(frozen=True)
class Written:
    """What was written from the desk: a snapshot, a workbook or a report."""

    what: str
    path: Path
    at: datetime


@dataclass
class Desk:
    """A desk: what it watches, where it writes, and the secret part of its address."""

    watching: Watching
    output: Path
    secret: str
    address: str
    files: dict[str, Written] = field(default_factory=dict)
    """What was written here, by its name."""
    busy: threading.Lock = field(default_factory=threading.Lock)
    _pulled: Seen | None = None  # what stood in the project when it was last pulled

    @property
    def root(self) -> str:
        """Where the pages of the coordinator lie."""
        return f"/{self.secret}"

    def own_page(self, annotator: str) -> str:
        """The address of the page that shows one annotator how much is left; it leads to no other page."""
        key = hmac.new(self.secret.encode(), annotator.encode(), hashlib.sha256).hexdigest()[:32]
        return f"/left/{key}"

    def write(self, what: str) -> str:
        """Pull the project, or write the workbook or the report of a snapshot that is up to date.

        Returns
        -------
        str
            What was done, for the person who asked.

        """
        with self.busy:
            snapshot = self._snapshot(anew=what == "pull")
            if what == "pull":
                return f"Pulled into {snapshot}."
            ending, write = _WRITTEN[what]
            path = snapshot.with_name(snapshot.name + ending)
            write(path, summarise(read_study(snapshot)))
            self.files[path.name] = Written(what.capitalize(), path, datetime.now(UTC))
            return f"{what.capitalize()} written to {path}."

    def _snapshot(self, *, anew: bool) -> Path:
        """The newest snapshot of this desk, or a new one if the project has changed since."""
        seen = self.watching.again()
        stand = [one for one in self.files.values() if one.path.is_dir()]
        newest = max(stand, key=lambda one: one.at, default=None)
        if newest and not anew and not self.watching.trouble and self._pulled is seen:
            return newest.path
        at = datetime.now(UTC)
        path = pull(seen.look.project.id, output=self.output, connection=self.watching.connection)
        self.files[path.name] = Written("Snapshot", path, at)
        self._pulled = seen
        return path


def application(desk: Desk) -> Starlette:
    """The desk as an ASGI application."""
    answers = _Answers(desk)
    pages = [Route(f"{desk.root}/{name}", answers.page, name=name or "progress") for name in _PAGES]
    return Starlette(
        routes=[
            *pages,
            Route(desk.root + "/write/{what:str}", answers.write, methods=["POST"]),
            Route(desk.root + "/file/{name:str}", answers.download),
            Route("/left/{key:str}", answers.left),
            Route("/static/{name:str}", answers.static),
        ],
        middleware=[Middleware(_Guard, desk=desk)],
    )


class _Answers:
    """What the desk answers to each request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, request: Request) -> Response:
        name = request.url.path.removeprefix(f"{self._desk.root}/")
        title, make = _PAGES[name]
        seen = self._desk.watching.now
        shown = PAGES.get_template("desk.html.j2").render(
            page=name or "progress",
            title=title,
            root=self._desk.root,
            project=visible(seen.look.project.title),
            at=self._desk.watching.at.astimezone().strftime("%H:%M:%S"),
            trouble=visible(self._desk.watching.trouble),
            said=visible(request.query_params.get("said", "")),
            warnings=[visible(one.message) for one in seen.followed.warnings],
            **{**_NOTHING, **make(self._desk, seen)},
        )
        return HTMLResponse(shown)

    def write(self, request: Request) -> Response:
        if request.headers.get("origin") != self._desk.address:
            return PlainTextResponse("Press the button on the desk itself.", 403)
        what = request.path_params["what"]
        if what != "pull" and what not in _WRITTEN:
            return _not_there()
        try:
            said = self._desk.write(what)
        except (AnnotateError, OSError) as error:
            said = f"That did not work: {error}"
        return RedirectResponse(f"{self._desk.root}/files?{urlencode({'said': said})}", 303)

    def download(self, request: Request) -> Response:
        written = self._desk.files.get(request.path_params["name"])
        if written is None or not written.path.is_file():
            return _not_there()
        return FileResponse(written.path, filename=written.path.name)

    def left(self, request: Request) -> Response:
        seen = self._desk.watching.now
        for one in seen.followed.annotators:
            if hmac.compare_digest(self._desk.own_page(one.annotator), request.url.path):
                page = PAGES.get_template("left.html.j2").render(
                    project=visible(seen.look.project.title), own=one, all=one.done + one.open + one.skipped
                )
                return HTMLResponse(page)
        return _not_there()

    def static(self, request: Request) -> Response:
        kind = _STATIC.get(request.path_params["name"])
        if kind is None:
            return _not_there()
        return Response(PAGES.get_template(request.path_params["name"]).render(), media_type=kind)


def _not_there() -> Response:
    return PlainTextResponse("There is no such page. Open the link that annotate desk has shown.", 404)


class _Guard(BaseHTTPMiddleware):
    """Answer only under the desk's own address, and let a page load and send nothing elsewhere."""

    def __init__(self, app: Any, desk: Desk) -> None:
        super().__init__(app)
        self._host = desk.address.removeprefix("http://")

    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if request.headers.get("host") != self._host:  # a foreign name that leads to this machine
            response: Response = PlainTextResponse("Open the link that annotate desk has shown.", 400)
        else:
            response = await call_next(request)
        response.headers.update(_HEADERS)
        return response


def _progress(desk: Desk, seen: Seen) -> dict[str, Any]:
    found, home = seen.followed, seen.look.project
    tables = [("Sources", progress_table(part_frame(found.sources)))]
    tables += [("Days", progress_table(part_frame(found.days)))] if found.days else []
    return {
        "found": found,
        "lines": [visible(line) for line in progress_lines(home.title, home.url, found)[1:]],
        "url": home.url,
        "people": [_person(desk, seen, one) for one in found.annotators],
        "tables": [(title, _table(frame)) for title, frame in tables],
    }


def _person(desk: Desk, seen: Seen, one: AnnotatorProgress) -> dict[str, Any]:
    """An annotator with what is left, and what to send them."""
    link = seen.links.get(one.email or "", "")
    own = f"{desk.address}{desk.own_page(one.annotator)}"
    said = message_for("", seen.look.project.title, counted(one.open, "passage"), link, email=one.email or "")
    return {
        "name": visible(one.email or one.annotator),
        "progress": one,
        "all": one.done + one.open,
        "seconds": None if one.median_seconds is None else round(one.median_seconds),
        "link": link,
        "message": said,
        "own": own,
    }


def _agreement(_: Desk, seen: Seen) -> dict[str, Any]:
    found = seen.followed
    if found.agreement_undefined:
        return {"empty": f"Agreement is not known yet: {visible(found.agreement_undefined)}."}
    frame = side_by_side(agreement_frame(found), ["variable", "n_pairable_items"], "coefficient")
    return {"tables": [("Agreement so far", _table(readable(frame)))]}


def _disagreements(_: Desk, seen: Seen) -> dict[str, Any]:
    if seen.disagreements.empty:
        return {"empty": "No two annotators have given different answers to one passage yet."}
    frame = disagreements_table(seen.disagreements, seen.study.passages, seen.study.codebook)
    return {"tables": [("What annotators differ on most", _table(frame))]}


def _claims(_: Desk, seen: Seen) -> dict[str, Any]:
    if seen.ledger.claims.empty:
        return {"empty": "No figure and no text recurs across documents."}
    return {"tables": [("Claims that recur", _table(ledger_table(seen.ledger.claims, seen.study.codebook)))]}


def _files(desk: Desk, _: Seen) -> dict[str, Any]:
    written = sorted(desk.files.values(), key=lambda one: one.at, reverse=True)
    return {
        "files": [
            {
                "what": one.what,
                "name": visible(one.path.name),
                "place": visible(str(one.path)),
                "at": one.at.astimezone().strftime("%H:%M:%S"),
                "address": "" if one.path.is_dir() else f"{desk.root}/file/{quote(one.path.name)}",
            }
            for one in written
        ]
    }


def _table(frame: pd.DataFrame) -> dict[str, Any]:
    """A table for reading as cells of text, with what stands below it."""
    numbers = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    return {
        "columns": [
            (visible(str(name)), number) for name, number in zip(frame.columns, numbers, strict=True)
        ],
        "rows": [[cell(value) for value in row] for row in _headed(frame).itertuples(index=False, name=None)],
        "below": [visible(line) for line in frame.attrs.get("below", ())],
    }


def _headed(frame: pd.DataFrame) -> pd.DataFrame:
    """The table, in which what heads several rows stands in the first of them."""
    heading = frame.attrs.get("heading")
    if (
        heading is None or heading not in frame.columns
    ):  # one that is the same in all rows stands below the table
        return frame
    column = frame[heading]
    return frame.assign(**{heading: column.where(column.ne(column.shift()), None)})


_PAGES: Mapping[str, tuple[str, Callable[[Desk, Seen], dict[str, Any]]]] = {
    "": ("Progress", _progress),
    "agreement": ("Agreement", _agreement),
    "disagreements": ("Disagreements", _disagreements),
    "claims": ("Claims", _claims),
    "files": ("Files", _files),
}
