"""All commands, put together; and the old ways to ask for what has a command of its own now."""

import importlib.metadata
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from annotate.cli import (
    _agreement,
    _annotators,
    _assign,
    _claims,
    _consensus,
    _exchange,
    _links,
    _origins,
    _passages,
    _plan,
    _rate,
    _server,
    _suggest,
)
from annotate.cli._help import AGREEMENT, CODING, Group
from annotate.cli.speech import say

_VIEWS = {
    ("--pairs",): ("annotators", "pairs"),
    ("--leave-one-out",): ("annotators", "leave-one-out"),
    ("--majority",): ("annotators", "majority"),
    ("--rounds",): ("annotators", "rounds"),
    ("--spans",): ("spans", "agreement"),
    ("--pairs", "--spans"): ("spans", "pairs"),
    ("--compare",): ("compare",),
}
"""Options of ``annotate agreement`` up to 0.1, and the commands that they became; to go with 0.3."""


class _Commands(Group):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _moved(args))


def _moved(words: Sequence[str]) -> list[str]:
    """Turn an old option of ``agreement`` into the command that it became, and say so."""
    views = {view for asked in _VIEWS for view in asked}
    asked = tuple(sorted(set(words) & views)) if words[:1] == ["agreement"] else ()
    if not asked:
        return list(words)
    if asked not in _VIEWS:
        raise typer.BadParameter("ask for one at a time", param_hint=" and ".join(asked))
    name = _VIEWS[asked]
    say(
        f"hint: annotate agreement {' '.join(asked)} is now annotate {' '.join(name)}; the old form will be removed in the next version"
    )
    return [*name, *(word for word in words[1:] if word not in asked)]


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    epilog="annotate agreement exports/example --by source",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(_passages.app)
app.add_typer(_server.server_app, name="server", rich_help_panel=CODING)
app.add_typer(_annotators.app, name="annotators", rich_help_panel=CODING)
app.add_typer(_assign.app)
app.add_typer(_exchange.app)
app.add_typer(_agreement.app)
app.add_typer(_plan.app)
app.add_typer(_agreement.spans_app, name="spans", rich_help_panel=AGREEMENT)
for part in (_consensus, _suggest, _claims, _links, _origins, _rate):
    app.add_typer(part.app)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"annotate {importlib.metadata.version('annotate')}")
        raise typer.Exit


@app.callback()
def annotate(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Source-reliability annotation on Label Studio: agreement and provenance, per source."""
