"""The study that a command reads, refused in one line where there is nothing to measure in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.cli.options import refuse_overwriting
from annotate.cli.speech import say
from annotate.errors import InputError

if TYPE_CHECKING:
    from annotate.study.study import OnInvalid, Study


def read_rated(
    export: Path, config: Path | None, on_invalid: "OnInvalid", output: Path | None, said: Iterable[str] = ()
) -> "Study":
    """Read a study in which something was rated; ``said`` are the variables that the options name.

    Raises
    ------
    InputError
        If nothing is left to measure, or a variable that was named is not there.

    """
    from annotate.study.study import read_study

    refuse_overwriting(output, *filter(None, [export, config]))
    study = read_study(export, config=config, on_invalid=on_invalid)
    if study.ratings.empty and not study.exclusions.empty:
        if set(study.exclusions["reason"]) == {"adjudicated"}:
            raise InputError(
                f"{export}: an adjudicator's decisions, which are nobody's ratings; give the study's own export "
                "(and this one to annotate consensus, with --adjudicated)"
            )
        reasons = study.exclusions["reason"].value_counts().items()
        counts = ", ".join(f"{count} {reason}" for reason, count in reasons)
        raise InputError(f"{export}: nothing is left to measure; left out are {counts}")
    if study.ratings.empty:
        raise InputError(f"{export}: nobody has annotated a passage yet; pull again when somebody has")
    if study.first_round.empty:
        raise InputError(f"{export}: no ratings of round 1; agreement and provenance are of the first round")
    _say_twins(study)
    used = dict.fromkeys([*study.levels, *study.ratings["variable"]])
    for variable in said:
        if variable not in used:
            raise InputError(f"{variable}: no such variable; there are {', '.join(used)}")
    return study


def _say_twins(study: "Study") -> None:
    """Say which items are one number written in two ways, as 1 and 1.0; they count as two."""
    items = set(study.ratings["item"].unique())
    twins = sorted(item for item in items if item.endswith(".0") and item.removesuffix(".0") in items)
    if twins:
        more = f", and {len(twins) - 1} more so" if len(twins) > 1 else ""
        say(
            f"caution: item {twins[0].removesuffix('.0')} also stands as {twins[0]}{more}; these count as two, "
            "write them alike"
        )
