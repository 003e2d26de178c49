"""A study that runs, shown once: how far it is, how well annotators agree, what to look at."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.cli.speech import one_line, say

if TYPE_CHECKING:
    import pandas as pd

    from annotate.coordination.following import Followed
    from annotate.present.tables import Format
    from annotate.studio.status import Look


def followed(look: "Look") -> "Followed":
    """Follow what was looked at."""
    from annotate.coordination.following import follow

    home = look.project
    return follow(look.tasks, overlap=home.overlap, config=home.config, now=look.at, addresses=look.addresses)


def show(look: "Look", form: "Format", output: Path | None) -> None:
    """Show a look: words and warnings on standard error, tables or JSON on standard output or in a file."""
    from annotate.coordination.following.frames import progress_frame
    from annotate.present.tables import write_table, write_tables

    found = followed(look)
    for line in summary(look, found):
        say(line)
    for one in found.warnings:
        say(one_line(f"warning: {one.message}"))
    if form == "json":
        _write_json(look, found, output)
    elif form in ("table", "markdown"):
        write_tables(tables(found), form, output)
    else:
        write_table(progress_frame(found), form, output)


def summary(look: "Look", found: "Followed") -> list[str]:
    """How far it is, in a few lines."""
    home, lines = look.project, []
    lines.append(f"{home.title}: {home.url}")
    lines.append(
        f"{found.complete} of {found.tasks} tasks have the annotations they want; {found.skipped} skips; "
        f"{found.done} annotations done, {found.open} open"
    )
    if found.median_seconds is not None:
        lines.append(f"median time a passage: {found.median_seconds:.1f} s")
    if found.open:
        end, basis = found.pace.end, found.pace.basis
        lines.append(f"expected end: {end} ({basis})" if end else f"expected end {basis}")
    if found.agreement_undefined:
        lines.append(f"agreement: {found.agreement_undefined}")
    return [one_line(line) for line in lines]


def tables(found: "Followed", last: int | None = None) -> list["pd.DataFrame"]:
    """The tables for reading: annotators, agreement, sources, and the days, all or the last ones."""
    from annotate.coordination.following.frames import agreement_frame, part_frame
    from annotate.present.tables import readable, side_by_side

    agreement = agreement_frame(found)
    if len(agreement):
        agreement = side_by_side(agreement, ["variable", "n_pairable_items"], "coefficient")
    days = found.days if last is None else found.days[-last:]
    parts = [part_frame(found.annotators), agreement, part_frame(found.sources), part_frame(days)]
    return [readable(part) for part in parts if len(part)]


def _write_json(look: "Look", found: "Followed", output: Path | None) -> None:
    from annotate.codebook.read import config_hash
    from annotate.files import whole

    home = look.project
    of = {"id": home.id, "title": home.title, "url": home.url, "config_sha256": config_hash(home.config)}
    text = json.dumps({"project": of, **found.as_json()}, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    with whole(output) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
