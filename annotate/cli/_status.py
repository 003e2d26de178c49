"""A study that runs: how far it is, shown once, or again and again.

What is watched is live on a terminal, and a line a change in a pipe.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.cli.speech import give, one_line, say
from annotate.errors import ServerError, counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from annotate.coordination.following import Followed
    from annotate.present import Format
    from annotate.studio.client import Connection
    from annotate.studio.pull import Look

_DAYS_SHOWN = 14


def show(look: "Look", form: "Format", output: Path | None) -> None:
    """Show a look: words and warnings on standard error, tables or JSON on standard output or in a file."""
    from annotate.coordination.following import progress_frame
    from annotate.present.label_tables import progress_lines, progress_tables
    from annotate.present.tables import write_table, write_tables

    found = look.followed()
    for line in progress_lines(look.project.title, look.project.url, found):
        say(one_line(line))
    for one in found.warnings:
        say(one_line(f"warning: {one.message}"))
    if form == "json":
        _write_json(look, found, output)
    elif form in ("table", "markdown"):
        write_tables(progress_tables(found), form, output)
    else:
        write_table(progress_frame(found), form, output)


def watch(first: "Look", connection: "Connection", every: float) -> None:
    """Show a project anew whenever something has changed, until Ctrl+C, which is how this ends well."""
    from rich.console import Console

    console = Console()
    try:
        if console.is_terminal:
            _live(first, connection, every)
        else:
            _lines(first, connection, every)
    except KeyboardInterrupt:
        say("stopped watching")


def _looks(
    first: "Look", connection: "Connection", every: float, lost: Callable[[str], None]
) -> Iterator[tuple["Look", "Followed"]]:
    """The first look, and another one each time; a server that does not answer is asked again."""
    from annotate.studio.pull import look_again

    seen, found, trouble = first, first.followed(), ""
    while True:
        yield seen, found
        time.sleep(every)
        before, said, trouble = seen, trouble, ""
        try:
            seen = look_again(before, connection)
        except ServerError as error:
            trouble = one_line(f"{error} (looking again every {every:g} s)")
            if trouble != said:
                lost(trouble)
        if not seen.tells_the_same_as(before):
            found = seen.followed()


def _live(first: "Look", connection: "Connection", every: float) -> None:
    from rich.console import Console
    from rich.live import Live

    from annotate.study.words import visible

    with Live(console=Console(), auto_refresh=False, vertical_overflow="ellipsis") as live:

        def lost(words: str) -> None:
            live.console.print(visible(words), markup=False, highlight=False)

        for seen, found in _looks(first, connection, every, lost):
            live.update(_page(seen, found, live.console.width), refresh=True)


def _page(look: "Look", found: "Followed", width: int) -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from annotate.present.label_tables import progress_lines, progress_tables
    from annotate.present.tables import rendered

    lines = progress_lines(look.project.title, look.project.url, found)
    words = "\n".join(map(one_line, lines))
    alarm = "\n".join(one_line(f"warning: {one.message}") for one in found.warnings)
    parts = [
        part
        for frame in progress_tables(found, last=_DAYS_SHOWN)
        for part in (Text(), Text(rendered(frame, "table", width)))
    ]
    seen = f"\nseen at {look.at.astimezone():%Y-%m-%d %H:%M:%S}; Ctrl+C ends this"
    return Group(
        Text(words), *([Text(alarm, style="yellow")] if alarm else []), *parts, Text(seen, style="dim")
    )


def _lines(first: "Look", connection: "Connection", every: float) -> None:
    """A line for each change: when, how far, who has done how many more; and each warning once."""
    done: dict[str, int] | None = None
    warned: set[tuple[str, str | None]] = set()
    said = ""
    for seen, found in _looks(first, connection, every, say):
        moment = f"{seen.at:%Y-%m-%dT%H:%M:%SZ}"
        line = _line(found)
        if line != said:
            give(one_line("; ".join([f"{moment} {line}", *_more(found, done)])))
        for one in found.warnings:
            if (one.kind, one.annotator) not in warned:
                give(one_line(f"{moment} warning: {one.message}"))
        warned |= {(one.kind, one.annotator) for one in found.warnings}
        said, done = line, {one.annotator: one.done for one in found.annotators}
        sys.stdout.flush()


def _more(found: "Followed", before: Mapping[str, int] | None) -> Iterator[str]:
    """How many more each annotator has done; nothing the first time."""
    for one in found.annotators if before is not None else ():
        more = one.done - (before or {}).get(one.annotator, 0)
        if more > 0:
            yield f"{one.annotator} +{more}"


def _line(found: "Followed") -> str:
    known = found.agreement[found.agreement["undefined"].isna()]
    alpha = [f"{row['variable']} {row['value']:.3f}" for row in known.to_dict("records")]
    far = (
        f"{found.complete} of {counted(found.tasks, 'passage')} complete, {counted(found.done, 'annotation')}"
    )
    return f"{far}, {found.open} open, {counted(found.skipped, 'skip')}{'; alpha ' if alpha else ''}{', '.join(alpha)}"


def _write_json(look: "Look", found: "Followed", output: Path | None) -> None:
    from annotate.codebook.read import config_hash
    from annotate.files import whole
    from annotate.present.tables import harmless

    home = look.project
    of = {"id": home.id, "title": home.title, "url": home.url, "config_sha256": config_hash(home.config)}
    text = json.dumps({"project": of, **found.as_json()}, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(harmless(text, "json") if sys.stdout.isatty() else text)
        return
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
