"""The public names as a user's own script has them: it must pass mypy in strict mode, and is never run."""

from pathlib import Path

import pandas as pd

import annotate
from annotate import AnnotateError, OpenStudy, Study
from annotate.agreement import Interval, Scale
from annotate.notebook import Agreement, Chart, Claims, Consensus, Profile, Result

study: OpenStudy = annotate.open_study("exports/example")
also: OpenStudy = annotate.open_study(pd.DataFrame({"item": ["a"]}), config=Path("label_config.xml"))
plain: Study = annotate.read_study(Path("exports/example"), on_invalid="exclude", on_edited="exclude")
version: str = annotate.__version__

found: Agreement = study.agreement(by="source")
found = study.agreement(["source", "kind"], level="nominal", replicates=0)
found = study.agreement(level={"certainty": "ordinal"}, order={"certainty": ["low", "high"]})
table: pd.DataFrame = found.frame
chart: Chart = found.plot("certainty")
svg: str = chart.svg
text: str | None = found.to_latex()
reasons: dict[str, int] = found.left_out
meanings: dict[str, str] = found.cautions

decided: Consensus = study.consensus("dawid-skene")
reliability: Result = decided.annotators
profile: Profile = study.provenance()
claims: Claims = study.ledger()
mentions: Result = claims.mentions
results: list[Result] = [
    study.compare(),
    study.plan(half_width=0.05),
    study.disagreements(top=20),
    study.pairs(),
    study.leave_one_out(),
    study.majority(),
    study.rounds(),
    study.spans_agreement(),
    study.reuse(min_score=0.4),
    study.quantities(),
]
study.report("report.html")

# The functions behind the methods, by their rooms.
scales: dict[str, Scale] = plain.scales
frame: pd.DataFrame = annotate.agreement.measure(
    plain.first_round, by="source", scales=scales, interval=Interval(replicates=200)
)
labels: pd.DataFrame = annotate.consensus.resolve(plain.ratings, scales=scales)

try:
    study.agreement(level="nominel")  # type: ignore[arg-type]
except AnnotateError as error:
    message: str = str(error)
