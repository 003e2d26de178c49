"""All commands, put together."""

import typer

from annotate.cli import (
    agreement,
    coordination,
    decisions,
    demo,
    merging,
    passages,
    results,
    studio,
    suggestions,
    texts,
)

app = typer.Typer(
    help="Source-reliability annotation on Label Studio: agreement and provenance, per source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (
    passages.app,
    studio.app,
    coordination.app,
    merging.app,
    agreement.app,
    decisions.app,
    texts.app,
    suggestions.app,
    results.app,
    demo.app,
):
    app.add_typer(part)
