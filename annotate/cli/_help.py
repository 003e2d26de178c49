"""How commands are declared and how their help is laid out: grouped, whole, and with an example.

Typer's own grouping comes with boxes; here the groups are plain text, which stands in the documentation
as it stands on a terminal, and which a screen reader can read.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

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
