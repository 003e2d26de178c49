"""What is known of a document, settled between manifest, table, command line and guesses."""

from dataclasses import dataclass

from annotate.corpus.dates import date_in_address, host_of, is_date
from annotate.corpus.manifest import Entry
from annotate.corpus.readers import FACTS, Document
from annotate.errors import InputError


@dataclass(frozen=True)
class Settled:
    """A document, its id, the facts that are known of it, and the names of those that are guessed."""

    document: Document
    identity: str
    facts: dict[str, str]
    guessed: tuple[str, ...]


def settle(document: Document, entry: Entry, source: str | None) -> Settled:
    """Settle what is known of a document: the manifest wins, then the table, then the command line.

    A fact that nobody states is guessed: source, title, author, date and address from the file's
    metadata; the date also from a day in the address; the source also from the address, or the file's stem.

    Raises
    ------
    InputError
        If a fact is no UTF-8, as the name of a file may be.

    """
    stated = {fact: getattr(entry, fact) or document.said.get(fact) for fact in FACTS}
    stated["source"] = stated["source"] or (source.strip() if source else None)
    guesses = _guesses(document, stated["url"])
    facts = {fact: value for fact in FACTS if (value := stated[fact] or guesses.get(fact))}
    identity = entry.document_id or document.label or document.path.stem
    for name, value in {"document_id": identity, **facts}.items():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            path = document.path
            msg = f"{path}: its {name} is no UTF-8 text; rename the file, or give the {name} in a manifest"
            raise InputError(msg) from error
    return Settled(document, identity, facts, tuple(fact for fact in facts if not stated[fact]))


def _guesses(document: Document, url: str | None) -> dict[str, str | None]:
    found: dict[str, str | None] = dict(document.guessed)
    url = url or found.get("url")
    if not is_date(found.get("published") or ""):
        found["published"] = date_in_address(url)
    found["source"] = found.get("source") or host_of(url) or " ".join(document.path.stem.split())
    return found
