"""How commands are declared and how their help is laid out: grouped, whole, and with an example.

Typer's own grouping comes with boxes; here the groups are plain text, which stands in the documentation
as it stands on a terminal, and which a screen reader can read.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from annotate.cli.speech import say

R = TypeVar("R")

PASSAGES = "From documents to passages"
CODING = "Coding on Label Studio"
AGREEMENT = "How well annotators agree"
LABELS = "One label for each passage"
CLAIMS = "What sources claim, and on what ground"
WHOLE = "The whole study"
STATIONS = (PASSAGES, CODING, AGREEMENT, LABELS, CLAIMS, WHOLE)
"""The headings of ``annotate --help``, in the order of the work."""

SHARED = READING, SCALES, INTERVALS, WRITING = (
    "What is read",
    "How it is measured",
    "Intervals",
    "How it is written",
)
"""The headings of options that several commands share."""


class _Command(TyperCommand):
    """A command whose options stand under headings, its own first, and whose example is not re-wrapped."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        found: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for param in self.get_params(ctx):
            heading = "Arguments" if param.param_type_name == "argument" else "Options"
            record = param.get_help_record(ctx)
            if record is not None:
                found.setdefault(getattr(param, "rich_help_panel", None) or heading, []).append(record)
        own = [heading for heading in found if heading not in SHARED]
        for heading in [*own, *SHARED]:
            if found.get(heading):
                with formatter.section(heading):
                    formatter.write_dl(found[heading])

    def format_epilog(self, _ctx: Any, formatter: Any) -> None:
        _write_example(self.epilog, formatter)


def _write_example(example: str | None, formatter: Any) -> None:
    if example:
        formatter.write(f"\nExample:\n  {example}\n")


class Group(TyperGroup):
    """A group of commands, each listed under the station of the work that it belongs to."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        found: dict[str, list[tuple[str, str]]] = {name: [] for name in STATIONS}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                station = getattr(command, "rich_help_panel", None) or "Commands"
                summary = (command.help or "").strip().split("\n\n")[0].removesuffix(".")
                found.setdefault(station, []).append((name, " ".join(summary.split())))
        for station, commands in found.items():
            if commands:
                with formatter.section(station):
                    formatter.write_dl(commands)

    def format_epilog(self, _ctx: Any, formatter: Any) -> None:
        _write_example(self.epilog, formatter)


def command(
    app: typer.Typer, name: str, station: str | None = None, *, example: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of this name; its docstring is the help."""
    return app.command(name, cls=_Command, rich_help_panel=station, epilog=example)


def takes(**groups: Callable[..., object]) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Give a command the options of each group, and hand it what the group makes of what was typed.

    A group is a function whose parameters are options, and may take groups itself. ``@takes(table=written)``
    puts the options of ``written`` into the place of the command's parameter ``table``, which gets what
    ``written`` returns. An option that two groups have stands once, and one that the command has itself stands
    as the command declares it. Groups are called in the order in which they are named.
    """
    asked = {name: inspect.signature(group).parameters for name, group in groups.items()}

    def decorate(function: Callable[..., R]) -> Callable[..., R]:
        own = inspect.signature(function).parameters
        options: dict[str, inspect.Parameter] = {}
        for name, parameter in own.items():
            for option in asked.get(name, {name: parameter}).values():
                said = option if option.name in groups else own.get(option.name, option)
                options.setdefault(option.name, said.replace(kind=inspect.Parameter.KEYWORD_ONLY))

        @wraps(function)
        def filled(**typed: object) -> R:
            made: Mapping[str, object] = {
                name: groups[name](**{option: typed[option] for option in asked[name]}) for name in groups
            }
            return function(**{name: typed[name] for name in own if name not in made}, **made)

        filled.__signature__ = inspect.Signature(list(options.values()))  # type: ignore[attr-defined]
        filled.__annotations__ = {name: option.annotation for name, option in options.items()}
        return filled

    return decorate


def snapshot(named: str) -> Path:
    """A path; or the newest snapshot below exports/ for ``latest`` and for the title of a project, which is said."""
    if Path(named).exists():
        return Path(named)
    from annotate.study.snapshot import named_snapshot

    found = named_snapshot(named)
    if str(found) != str(Path(named)):
        say(f"{named}: {found}")
    return found


def snapshots_offered(incomplete: str) -> list[str]:
    """What the shell offers where a snapshot is taken: the newest, snapshots, projects that were pulled, files."""
    from annotate.study.snapshot import LATEST, known_snapshots

    known = known_snapshots()
    names = [LATEST, *(str(path) for path, _ in known), *(title for _, title in known if title)]
    files = [str(path) for path in Path().glob(f"{incomplete}*")] if incomplete else []
    return [name for name in dict.fromkeys([*names, *files]) if name.startswith(incomplete)]


def projects_offered(incomplete: str) -> list[str]:
    """What the shell offers where a project is named: those on the server, if one answers."""
    import contextlib

    from annotate.studio.client import connect
    from annotate.studio.projects import all_projects

    with contextlib.suppress(Exception), connect() as connection:
        return [one.title for one in all_projects(connection) if one.title.startswith(incomplete)]
    return []


def variables_offered(ctx: typer.Context, incomplete: str) -> list[str]:
    """What the shell offers behind --variable: what the label config asks."""
    import contextlib

    from annotate.cli.options import read_codebook
    from annotate.codebook.read import load_codebook

    given = ctx.params.get("export")
    own = None if given is None else Path(given) / "label_config.xml"
    with contextlib.suppress(Exception):
        book = (
            load_codebook(own)
            if own is not None and own.is_file()
            else read_codebook(ctx.params.get("config"))
        )
        return [one.name for one in book.variables if one.name.startswith(incomplete)]
    return []
