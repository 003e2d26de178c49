"""What is said to the person: on standard error, so that standard output holds tables only."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.study.queried import QueriedStudy
    from annotate.study.study import Study

_LONGEST = 1000


def say(words: str) -> None:
    """Say something to the person, on standard error; what would act on a terminal is shown as what it is."""
    import typer

    from annotate.study.words import visible

    typer.echo(visible(words), err=True)


def give(words: object, *, end: str = "\n") -> None:
    """Give a result of a command that is not a table, on standard output, as :func:`say` says something."""
    import typer

    from annotate.study.words import visible

    typer.echo(visible(f"{words}{end}"), nl=False)


def tell(words: str) -> None:
    """Say on one line what is being waited for, or what was done besides."""
    say(one_line(words))


def one_line(words: str) -> str:
    """Put a message on one line, whatever it quotes, and cut the middle out of a very long one."""
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in words)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}"


def steady_output() -> None:
    """Keep characters that the terminal cannot show, and a closed output, from ending in a traceback."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (it stays open to the end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say_exclusions(study: "Study | QueriedStudy") -> None:
    """Say how much is left out, and for what reasons."""
    for reason, count in study.left_out.items():
        say(f"left out: {count} {reason}")


def say_cautions(study: "Study | QueriedStudy") -> None:
    """Say what may not have been meant as it was read."""
    for caution in study.cautions:
        say(f"caution: {one_line(caution)}")


def say_doubled(passages: "Sequence[str]") -> None:
    """Warn of passages that a push found more than once and could not put right."""
    from annotate.errors import counted, some

    if passages:
        say(
            one_line(
                f"warning: {counted(len(passages), 'passage stands', 'passages stand')} more than once, and several copies "
                f"have been worked on: {some(passages)}; they stay, a pull keeps every rating, and annotate status tells of them"
            )
        )


@contextlib.contextmanager
def progress(words: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal, and nothing in a pipe."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    from annotate.study.words import visible

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(escape(visible(words)), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextlib.contextmanager
def waiting(words: str) -> Iterator[Callable[[str], None]]:
    """Say what is being waited for: as it changes on a terminal, once in a pipe."""
    from rich.console import Console
    from rich.markup import escape

    from annotate.study.words import visible

    console = Console(stderr=True)
    if not console.is_terminal:
        say(words)
        yield lambda _: None
        return
    with console.status(escape(visible(words))) as status:
        yield lambda said: status.update(escape(visible(said)))
