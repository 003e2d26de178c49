"""All commands, put together."""

import typer

from annotate.cli import _agreement, _claims, _consensus, _exchange, _passages, _people, _results, _suggest

app = typer.Typer(
    help="Source-reliability annotation on Label Studio: agreement and provenance, per source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    _passages.app,
    _exchange.app,
    _people.app,
    _agreement.app,
    _consensus.app,
    _claims.app,
    _suggest.app,
    _results.app,
):
    app.add_typer(part)
