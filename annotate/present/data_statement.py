"""A data statement (Bender & Friedman 2018), filled from what is known of a study; what a person must add is asked for."""

from collections.abc import Iterator

import pandas as pd

from annotate.corpus.languages import languages_of
from annotate.errors import counted
from annotate.present.summary import Summary, warnings_of
from annotate.study.study import Study
from annotate.study.words import in_words, visible

_ASKED = "*To be written:*"
_CITED = (
    "After Bender, E. M., & Friedman, B. (2018). Data statements for natural language processing: Toward mitigating "
    "system bias and enabling better science. *Transactions of the ACL*, 6, 587-604."
)


def title_of(summary: Summary) -> str:
    """The title of the project, or the name of what was read."""
    return visible(str(summary.study.about.get("project title") or "Annotated passages"))


def data_statement(summary: Summary) -> str:
    """Write the statement in Markdown, in the sections and the order of Bender & Friedman (2018, section 5).

    It states only what was counted. Where the study does not know (who the speakers are, how annotators were found
    and paid), it says what belongs there.
    """
    study = summary.study
    parts = {
        "Curation rationale": _rationale(study),
        "Language variety": _languages(study.passages),
        "Speaker demographic": [
            f"{_ASKED} who wrote or spoke the texts. The study knows who published them, not who wrote them."
        ],
        "Annotator demographic": _annotators(study),
        "Speech situation": _situation(study.passages),
        "Text characteristics": _texts(study.passages),
        "Recording quality": ["Written texts; nothing was recorded or transcribed by this study."],
        "Other": list(warnings_of(summary)),
        "Provenance appendix": _provenance(study),
    }
    lines = [
        f"# Data statement: {title_of(summary)}",
        "",
        _CITED,
    ]
    for number, (heading, told) in enumerate(parts.items()):
        lines += ["", f"## {chr(ord('A') + number)}. {heading}"]
        lines += [line for one in told for line in ("", one)]
    return "\n".join(lines) + "\n"


def _rationale(study: Study) -> Iterator[str]:
    passages = study.passages
    sources = passages["source"].value_counts().sort_index()
    yield (
        f"{counted(len(passages), 'passage')} of {counted(passages['document'].nunique(), 'document')} by "
        f"{counted(len(sources), 'source')}, of which {counted(int((passages['n_annotations'] > 0).sum()), 'was', 'were')} annotated."
    )
    yield "| source | documents | passages |\n| --- | ---: | ---: |\n" + "\n".join(
        f"| {visible(str(source)).replace('|', chr(92) + '|')} | {passages.loc[passages['source'] == source, 'document'].nunique()} | {count} |"
        for source, count in sources.items()
    )
    yield f"{_ASKED} why these texts, and how they were found and chosen."


def _languages(passages: pd.DataFrame) -> Iterator[str]:
    texts = passages.dropna(subset=["text"])
    found = languages_of(texts) if len(texts) else {}
    named = ", ".join(
        f"{name.capitalize() if name else 'not told by its words'}: {counted(count, 'document')}"
        for name, count in sorted(found.items(), key=lambda one: (-one[1], one[0] or "~"))
    )
    yield f"As function words tell: {named}." if named else "The texts are not in this study."
    yield f"{_ASKED} the variety (BCP-47 tag, such as en-GB), and who speaks it."


def _annotators(study: Study) -> Iterator[str]:
    each = study.first_round.groupby("annotator")["item"].nunique()
    answered = ", ".join(f"{who} {count:,}" for who, count in each.items())
    coders = study.first_round.groupby("item")["annotator"].nunique()
    yield f"{counted(len(study.annotators), 'annotator')}; passages each: {answered or 'none'}."
    if len(coders):
        yield f"A passage had {coders.min()} to {coders.max()} annotators (mean {coders.mean():.2f})."
    if study.codebook is not None:
        asked = ", ".join(in_words(one.name).lower() for one in study.codebook.variables if one.categories)
        yield f"They were asked for: {asked}. The table `codebook` has every category with its definition."
    yield f"{_ASKED} age, gender, languages, training and pay of the annotators, and how they were found."


def _situation(passages: pd.DataFrame) -> Iterator[str]:
    dates = passages["published"].dropna().astype(str)
    if len(dates):
        undated = passages.loc[passages["published"].isna(), "document"].nunique()
        yield f"Published from {dates.min()} to {dates.max()}" + (
            f"; {counted(undated, 'document')} without a date." if undated else "."
        )
    else:
        yield "No date of publication is known."
    yield f"{_ASKED} place, modality, whether edited or spontaneous, and whom the texts were meant for."


def _texts(passages: pd.DataFrame) -> Iterator[str]:
    texts = passages["text"].dropna().astype(str)
    if len(texts):
        words = texts.map(lambda text: len(text.split()))
        yield f"A passage has {words.median():.0f} words (median; {words.min()} to {words.max()}), {words.sum():,} in all."
    kinds = passages["kind"].dropna().value_counts().sort_index()
    if len(kinds):
        yield f"Kinds of passages: {', '.join(f'{visible(str(kind))} {count:,}' for kind, count in kinds.items())}."
    yield f"{_ASKED} genre and topics."


def _provenance(study: Study) -> Iterator[str]:
    known = {"kind": "Read", "pulled_at": "Pulled at", "config_sha256": "Label config, SHA-256"}
    told = [
        f"{words}: {visible(str(study.about[key]))}" for key, words in known.items() if key in study.about
    ]
    yield "; ".join(told) + "." if told else "Read from a table of ratings."
    yield "The rights in the texts are those of their publishers; state here under which licence the annotations are given."
