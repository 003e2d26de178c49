"""The whole loop: ``demo``."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.speech import say

app = typer.Typer()


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder for all that the demo makes.")
    ] = Path("demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Leave the server up and print the logins.")] = False,
) -> None:
    """Run the whole loop on an embedded Label Studio, with three scripted annotators."""
    from annotate.demo import run

    run(output, serve=serve, say=say)
