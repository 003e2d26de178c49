"""How many more, and how many at all: ``plan``, from what was rated or before there are data."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotate.cli._groups import Scaled, Table, drawn_together, say_renamed, weighted, written
from annotate.cli._help import AGREEMENT, INTERVALS, command, takes
from annotate.cli.options import By, Cluster, Confidence, Seed
from annotate.cli.speech import say_exclusions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotate.sampling import Interval

app = typer.Typer()


def _simulated(
    replicates: Annotated[
        int,
        typer.Option(
            "--replicates",
            min=1,
            help="How many studies to simulate of each size.",
            rich_help_panel=INTERVALS,
        ),
    ] = 2000,
    confidence: Confidence = 0.95,
    cluster: Cluster = "auto",
    seed: Seed = 0,
) -> "Interval":
    from annotate.sampling import Interval

    return Interval("auto", replicates, confidence, seed, drawn_together(cluster))


@dataclass(frozen=True)
class _Design:
    """What a study might be, before there is one."""

    asked: bool
    given: "Mapping[str, Any]"


DESIGN = "A study to come (--design)"


def _design(
    design: Annotated[
        bool,
        typer.Option("--design", help="Without an export: what a study would bring.", rich_help_panel=DESIGN),
    ] = False,
    agreement: Annotated[
        float, typer.Option("--agreement", help="The alpha that you expect.", rich_help_panel=DESIGN)
    ] = 0.7,
    documents: Annotated[
        list[int] | None,
        typer.Option("--documents", min=1, help="Documents. Repeatable.", rich_help_panel=DESIGN),
    ] = None,
    passages: Annotated[
        list[int] | None,
        typer.Option("--passages", min=1, help="Passages of a document. Repeatable.", rich_help_panel=DESIGN),
    ] = None,
    coders: Annotated[
        list[int] | None,
        typer.Option("--coders", min=2, help="Coders of a passage. Repeatable.", rich_help_panel=DESIGN),
    ] = None,
    categories: Annotated[
        int, typer.Option("--categories", min=2, help="How many categories.", rich_help_panel=DESIGN)
    ] = 4,
    prevalence: Annotated[
        str | None,
        typer.Option(
            "--prevalence",
            metavar="A,B,C",
            help="How frequent each category is (default: all the same).",
            rich_help_panel=DESIGN,
        ),
    ] = None,
    alike: Annotated[
        float,
        typer.Option(
            "--alike", help="How alike passages of a document are, from 0 to 1.", rich_help_panel=DESIGN
        ),
    ] = 0.2,
    above: Annotated[
        float | None,
        typer.Option(
            "--above", help="Also the chance that the lower end is above this.", rich_help_panel=DESIGN
        ),
    ] = None,
    seconds_per_passage: Annotated[
        float | None,
        typer.Option("--seconds-per-passage", help="Also the cost in hours.", rich_help_panel=DESIGN),
    ] = None,
    studies: Annotated[
        int,
        typer.Option(
            "--studies", min=50, help="How many studies to simulate of a design.", rich_help_panel=DESIGN
        ),
    ] = 200,
) -> _Design:
    try:
        shares = [float(one) for one in (prevalence or "").split(",") if one.strip()]
    except ValueError as error:
        raise typer.BadParameter(
            f"{prevalence!r}: write numbers, such as 0.6,0.3,0.1", param_hint="--prevalence"
        ) from error
    return _Design(
        design,
        {
            "agreement": agreement,
            "documents": documents or [20, 40, 80],
            "passages": passages or [10],
            "coders": coders or [3],
            "categories": categories,
            "prevalence": shares,
            "alike": alike,
            "above": above,
            "seconds_per_passage": seconds_per_passage,
            "studies": studies,
        },
    )


def _optional(group: Callable[..., Scaled]) -> Callable[..., Scaled | None]:
    """The same group where no export need be named: then it makes nothing."""
    signature = inspect.signature(group)
    export = signature.parameters["export"].replace(default=None)
    others = [one for name, one in signature.parameters.items() if name != "export"]

    def given(**typed: object) -> Scaled | None:
        return None if typed["export"] is None else group(**typed)

    given.__signature__ = signature.replace(parameters=[*others, export])  # type: ignore[attr-defined]
    return given


@command(app, "plan", AGREEMENT, example="annotate plan exports/example --half-width 0.1")
@takes(table=written, interval=_simulated, read=_optional(weighted), design=_design)
def plan(
    read: "Scaled | None",
    table: Table,
    interval: "Interval",
    design: _Design,
    half_width: Annotated[
        float | None, typer.Option("--half-width", help="Half the width that the interval shall have.")
    ] = None,
    by: By = None,
    coefficient: Annotated[
        str, typer.Option("--coefficient", help="The coefficient.")
    ] = "krippendorff_alpha",
) -> None:
    """Say how many more documents, or items, an interval of a given half-width takes, at the present design.

    With --design, before there are data: how wide intervals would be for so many documents, passages and coders, by
    simulation, and what the coding costs.
    """
    from annotate.agreement import plan as planned
    from annotate.agreement import plan_design
    from annotate.present.study_tables import plan_table

    say_renamed([coefficient])
    if design.asked:
        if read is not None:
            raise typer.BadParameter("needs no export; leave one of them out", param_hint="--design")
        table.write(
            plan_design(**design.given, coefficient=coefficient, interval=replace(interval, replicates=500))
        )
        return
    if read is None or half_width is None:
        raise typer.BadParameter(
            "name an export and --half-width, or say --design to plan without data", param_hint="EXPORT"
        )
    result = planned(
        read.study.rated,
        half_width=half_width,
        by=tuple(by or ("source",)),
        coefficient=coefficient,
        scales=read.scales,
        interval=interval,
    )
    say_exclusions(read.study)
    table.write(result, lambda frame: plan_table(frame, read.study.codebook), study=read.study)
