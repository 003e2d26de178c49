"""Every boundary's check, offline: what ``annotate check`` says of a file."""

from dataclasses import dataclass
from pathlib import Path

from annotate.codebook.check import check_config
from annotate.codebook.read import load_codebook
from annotate.corpus.tasks import is_task_file, read_tasks
from annotate.errors import AnnotateError
from annotate.files import bundled, read_text
from annotate.study.study import read_study


@dataclass(frozen=True)
class Finding:
    """What a check found in one file: the problems, or a summary where there is none."""

    path: Path
    problems: tuple[str, ...]
    summary: str = ""


def check_label_config(path: Path | None) -> Finding:
    """Check a label config (default: the bundled one) for what neither Label Studio nor its SDK finds."""
    path = path or bundled("label_config.xml")
    problems = tuple(str(problem) for problem in check_config(read_text(path)))
    if problems:
        return Finding(path, problems)
    book = load_codebook(path)
    return Finding(path, (), f"ok, {len(book.variables)} variables, config {book.sha256[:12]}")


def check_file(path: Path, config: Path | None) -> Finding:
    """Check a label config, a task file, an export, a snapshot or a table of ratings."""
    try:
        if path.suffix.lower() == ".xml":
            return check_label_config(path)
        if path.suffix.lower() == ".json" and is_task_file(path):
            return Finding(path, (), f"ok, {len(read_tasks(path))} passages")
        study = read_study(path, config=config)
    except AnnotateError as error:
        return Finding(path, (str(error).removeprefix(f"{path}: "),))
    counts = f"ok, {len(study.ratings)} ratings of {len(study.passages)} passages"
    marks = f", {len(study.spans)} marks" if len(study.spans) else ""
    said = "".join(f"; caution: {one}" for one in study.cautions)
    return Finding(path, (), f"{counts}{marks}, {len(study.exclusions)} exclusions{said}")
