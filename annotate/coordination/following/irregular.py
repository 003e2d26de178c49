"""What a coordinator should look at, and what of it is seen in single annotations, without any statistics."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.coordination.following.work import Passage
from annotate.errors import counted, some


@dataclass(frozen=True)
class Warned:
    """One thing to look at.

    ``kind`` is one of ``far_from_others``, ``too_fast``, ``edited_by_another``, ``several_annotations``,
    ``not_assigned``, ``config_changed``, ``lacks_annotators``, ``held``, ``marked_twice``, ``stands_twice``, ``without_links``. ``annotator`` is whom it concerns
    (None: nobody in particular), ``n`` how many annotations or passages, and ``passages`` which. Where a
    rule decides, ``value`` with its interval is what was compared with ``limit``.
    """

    kind: str
    message: str
    n: int
    annotator: str | None = None
    passages: tuple[str, ...] = ()
    value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    limit: float | None = None


def irregular(passages: Sequence[Passage], config_sha256: str, *, salted: bool = True) -> list[Warned]:
    """Find edits by others, repeated annotations, work that was not assigned, another config, stuck passages, and doubles.

    Parameters
    ----------
    passages
        All of the project.
    config_sha256
        The hash of the label config that the project has now.
    salted
        Whether the project has the salt of the pseudonyms in its assignments.

    """
    unlinked = [] if salted else list(_without_links(passages))
    return [
        *unlinked,
        *_stands_twice(passages),
        *_edited(passages),
        *_several(passages),
        *([] if unlinked else _not_assigned(passages)),  # nobody's passages are known
        *_config(passages, config_sha256),
        *_lacking(passages),
        *_held(passages),
        *_marked_twice(passages),
    ]


def _without_links(passages: Sequence[Passage]) -> Iterator[Warned]:
    """Find that passages are assigned to pseudonyms of which none is an account's, as after a push of an assigned file."""
    items = [passage.item for passage in passages if passage.assigned]
    if items and all(name.startswith("ann-") for passage in passages for name in passage.assigned):
        words = f"{counted(len(items), 'passage is', 'passages are')} assigned, and the project does not know to whom"
        remedy = "run annotate assign with the list of annotators and --project, which gives them their links"
        yield Warned("without_links", f"{words}; {remedy}", len(items), None, tuple(items))


def _stands_twice(passages: Sequence[Passage]) -> Iterator[Warned]:
    times = Counter(passage.item for passage in passages)
    items = [item for item, count in times.items() if count > 1]
    if items:
        worked = Counter(passage.item for passage in passages if passage.work or passage.drafts)
        coded = sum(worked[item] > 1 for item in items)
        words = f"{counted(len(items), 'passage stands', 'passages stand')} more than once in the project: {some(items)}"
        remedy = "annotators would code them again; push the passages again, which removes copies that nobody has worked on"
        if coded:
            remedy += f"; of {coded} several copies have been worked on, and a pull keeps every rating"
        yield Warned("stands_twice", f"{words}; {remedy}", len(items), None, tuple(items))


def _edited(passages: Sequence[Passage]) -> Iterator[Warned]:
    found: dict[str, list[tuple[str, str]]] = {}
    for passage in passages:
        for one in passage.work:
            if one.editor not in (None, one.annotator):
                found.setdefault(one.annotator, []).append(
                    (passage.item, f"{one.annotation} by {one.editor}")
                )
    for annotator, edits in sorted(found.items()):
        which = some([edit for _, edit in edits])
        yield Warned(
            "edited_by_another",
            f"{counted(len(edits), 'annotation')} of {annotator} changed by somebody else: {which}; left out of all measures",
            len(edits),
            annotator,
            tuple(item for item, _ in edits),
        )


def _several(passages: Sequence[Passage]) -> Iterator[Warned]:
    found: dict[str, list[str]] = {}
    for passage in passages:
        made = Counter(one.annotator for one in passage.work if not one.skipped)
        for annotator, count in made.items():
            if count > 1:
                found.setdefault(annotator, []).append(passage.item)
    for annotator, items in sorted(found.items()):
        yield Warned(
            "several_annotations",
            f"{annotator} has annotated {counted(len(items), 'passage')} more than once: {some(items)}; the newest counts",
            len(items),
            annotator,
            tuple(items),
        )


def _not_assigned(passages: Sequence[Passage]) -> Iterator[Warned]:
    found: dict[str, list[str]] = {}
    for passage in passages:
        for annotator in sorted(passage.done - passage.assigned) if passage.assigned else ():
            found.setdefault(annotator, []).append(passage.item)
    for annotator, items in sorted(found.items()):
        yield Warned(
            "not_assigned",
            f"{annotator} has annotated {counted(len(items), 'passage')} assigned to others: {some(items)}",
            len(items),
            annotator,
            tuple(items),
        )


def _config(passages: Sequence[Passage], config_sha256: str) -> Iterator[Warned]:
    items = [p.item for p in passages if p.config_sha256 not in (None, config_sha256)]
    if items:
        words = f"the label config was changed after {counted(len(items), 'passage')} had been pushed"
        yield Warned("config_changed", f"{words}: {some(items)}", len(items), None, tuple(items))


def _lacking(passages: Sequence[Passage]) -> Iterator[Warned]:
    """Find passages that lack annotators, although all who may annotate them are finished with them.

    These are the annotators to whom they are assigned. Without an assignment they are all who annotate in the
    project, once there are as many as a passage needs.
    """
    known = frozenset(one.annotator for passage in passages for one in passage.work)
    items = [
        passage.item
        for passage in passages
        if passage.open
        and (passage.assigned or len(known) >= passage.wanted)
        and (passage.assigned or known) <= passage.done | passage.skipped
    ]
    if items:
        words = f"{counted(len(items), 'passage lacks', 'passages lack')} annotators, though all who may have them are finished"
        remedy = "let somebody else code them; assigned ones go to one more with annotate assign and a higher --overlap"
        yield Warned("lacks_annotators", f"{words}: {some(items)}; {remedy}", len(items), None, tuple(items))


def _held(passages: Sequence[Passage]) -> Iterator[Warned]:
    found: dict[str, list[str]] = {}
    for passage in passages:
        for annotator in set(passage.drafts) - passage.done:
            found.setdefault(annotator, []).append(passage.item)
    for annotator, items in sorted(found.items()):
        yield Warned(
            "held",
            f"{annotator} has begun {counted(len(items), 'passage')} and not submitted: {some(items)}; "
            "nobody else is served these for a day",
            len(items),
            annotator,
            tuple(items),
        )


def _marked_twice(passages: Sequence[Passage]) -> Iterator[Warned]:
    found: dict[str, list[str]] = {}
    for passage in passages:
        for one in passage.work:
            if one.doubled and not one.skipped:
                found.setdefault(one.annotator, []).append(passage.item)
    for annotator, items in sorted(found.items()):
        yield Warned(
            "marked_twice",
            f"{annotator} has marked the same words twice with one label in {counted(len(items), 'passage')}: {some(items)}",
            len(items),
            annotator,
            tuple(items),
        )
