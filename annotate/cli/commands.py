"""All commands, put together."""

import typer

from annotate.cli import agreement, demo, passages, results, studio

app = typer.Typer(
    help="Source-reliability annotation on Label Studio: agreement and provenance, per source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (passages.app, studio.app, agreement.app, results.app, demo.app):
    app.add_typer(part)
