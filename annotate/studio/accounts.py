"""Annotators on a server: their accounts, made as a person would make them, and their label streams.

A label stream gives one annotator the next task that the server hands out, and takes the answer to it. It is
the stream that a person works through in the browser. It does not show the work of others, and it gives each
task to as many annotators as the overlap of the project says.
"""

import html
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import TypeAdapter

from annotate.errors import ServerError
from annotate.studio.client import Connection, web_client
from annotate.studio.late import comes_late
from annotate.studio.refusals import LostReplyError, RefusedError, asking, check, repeated
from annotate.studio.replies import (
    ACCOUNT,
    ACCOUNTS,
    ANNOTATIONS,
    INVITATION,
    NUMBERED,
    SERVED,
    TOKEN,
    ServedTask,
    T,
    checked,
)

_PASSWORD_BYTES = 12
_FOUND = 302


@dataclass(frozen=True)
class Account:
    """An account on the server. ``token`` works as an API key, see :func:`annotate.studio.client.connect`."""

    id: int
    email: str
    token: str = field(repr=False)


def invitation_link(connection: Connection) -> str:
    """The address at which whoever has it can make an account on this server."""
    return connection.page_url(
        connection.get("api/invite", "asking for the invitation link", INVITATION)["invite_url"]
    )


def create_account(connection: Connection, email: str, password: str) -> Account:
    """Make an account on the server, or log in to the one that has this address and password.

    Parameters
    ----------
    connection
        The coordinator's.
    email, password
        The address need not exist; the password has 8 characters at least.

    Raises
    ------
    ServerError
        If the server declines the address or the password, or the account has another password.

    """
    url = connection.url
    link = invitation_link(connection)
    # a separate browser session, with cookies and the form's token
    with web_client(url) as browser:
        fields = {"email": email, "password": password}
        complaint = _submit(browser, url, link, _form(browser, connection, link), fields)
        if complaint and "already exists" in complaint:
            complaint = _log_in(browser, connection, fields)
        if complaint:
            raise ServerError(f"account {email}: {complaint}")
        me = _read(browser, url, "signing in", "/api/current-user/whoami", ACCOUNT)
        token = _read(browser, url, f"asking for the token of {email}", "/api/current-user/token", TOKEN)
        return Account(me["id"], email, token["token"])


def new_password() -> str:
    """Make a password of 16 signs, at random, that can be typed and copied."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def add_account(connection: Connection, email: str, password: str) -> bool:
    """Make an account on the server, unless there is one with this address; True if it was made.

    An account that exists keeps its password.

    Raises
    ------
    ServerError
        If the server declines the address or the password, or its answer is lost.

    """
    if _has_account(connection, email):
        return False
    url, link = connection.url, invitation_link(connection)
    with web_client(url) as browser:
        fields = {"email": email, "password": password}
        forged = _form(browser, connection, link)
        try:
            complaint = _submit(browser, url, link, forged, fields)
            if "already exists" in complaint:  # a request that was doubled on its way is answered so
                complaint = _log_in(browser, connection, fields) and complaint
        except LostReplyError as error:
            if not comes_late(connection, lambda: _has_account(connection, email), f"account {email}", error):
                raise ServerError(
                    f"account {email}: {error}; if it was made all the same, its password is not known, and "
                    f"`label-studio reset_password --username {email}` on the server's machine sets one"
                ) from error
            complaint = ""
    if complaint:
        raise ServerError(f"account {email}: {complaint}")
    return True


def _has_account(connection: Connection, email: str) -> bool:
    return email.lower() in {known.lower() for known in people(connection).values()}


def people(connection: Connection) -> dict[int, str]:
    """The accounts of the server: e-mail address by number.

    Raises
    ------
    ServerError
        If the server lists nobody: then nobody's work could be told from another's.

    """
    found = {
        one["id"]: one["email"] for one in connection.get("api/users/", "listing the accounts", ACCOUNTS)
    }
    if not found:
        raise ServerError(
            f"{connection.url}: lists no accounts, so it cannot be said whose work is whose; give the token of an account "
            "that may list them (api/users/), and try again"
        )
    return found


def _read(browser: httpx.Client, url: str, doing: str, address: str, shape: TypeAdapter[T]) -> T:
    """Ask in a browser's session."""
    with asking(url, doing):
        answer = browser.get(address)
        check(url, doing, answer)
        return checked(url, doing, shape, answer.json())


def _log_in(browser: httpx.Client, connection: Connection, fields: Mapping[str, str]) -> str:
    """Log in. Returns the complaint of the server, or an empty text."""
    address = f"{connection.url}/user/login/"
    return _submit(browser, connection.url, address, _form(browser, connection, address), fields)


def _form(browser: httpx.Client, connection: Connection, address: str) -> str:
    """Open the form at an address, and give the token with which it must be sent."""
    url = connection.url

    def page() -> str:
        with asking(url, "opening a form"):
            answer = browser.get(address)
            check(url, "opening a form", answer)
            return answer.text

    forged = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', repeated(page, connection.tell))
    if forged is None:
        raise ServerError(
            f"{url}: has no form at {address.removeprefix(url).split('?')[0]}; make accounts by hand"
        )
    return forged[1]


def _submit(browser: httpx.Client, url: str, address: str, forged: str, fields: Mapping[str, str]) -> str:
    """Fill in and send the form at an address. Returns the complaint of the server, or an empty text."""
    with asking(url, "sending a form"):
        answer = browser.post(
            address, data={**fields, "csrfmiddlewaretoken": forged}, headers={"Referer": address}
        )
    if answer.status_code == _FOUND:
        return ""
    check(url, "sending a form", answer)
    complaints = re.findall(r"<li[^>]*>\s*([^<]+?)\s*</li>|<p[^>]*error[^>]*>\s*([^<]+?)\s*</p>", answer.text)
    said = [html.unescape(first or second) for first, second in complaints]
    return " ".join(said[:1]) or "declined; check the address and the password"


_NOT_FOUND = 404
_TRIES = 3
_BUSY_SECONDS = 0.5


def label_stream(connection: Connection, project_id: int) -> Iterator[ServedTask]:
    """Yield the tasks the server serves to this account, until it has no more.

    Each must be answered with :func:`submit` or :func:`skip` before the next is asked for.

    Raises
    ------
    ServerError
        If the server refuses, or serves a task again that was not answered.

    """
    last: int | None = None
    while (task := next_task(connection, project_id)) is not None:
        if task["id"] == last:
            raise ServerError(f"{connection.url}: task {last} is served again; submit or skip each task")
        last = task["id"]
        yield task


def next_task(connection: Connection, project_id: int) -> ServedTask | None:
    """The task the server serves to this account now, or None where there is no more for it."""
    try:
        return connection.get(f"api/projects/{project_id}/next", "asking for the next task", SERVED)
    except RefusedError as error:
        if error.status == _NOT_FOUND and "no tasks" in str(error):
            return None
        raise


def submit(
    connection: Connection, task_id: int, result: Sequence[Mapping[str, Any]], lead_time: float
) -> int:
    """Submit an annotation and return its number.

    Parameters
    ----------
    connection
        The annotator's own.
    task_id
        The task served.
    result
        Label Studio's list of regions and choices.
    lead_time
        Seconds spent on it.

    Raises
    ------
    ServerError
        If the server refuses, or stays too busy.

    """
    return _annotate(connection, task_id, {"result": list(result), "lead_time": lead_time})


def skip(connection: Connection, task_id: int, lead_time: float) -> int:
    """Skip a task: the skip is kept, and where nothing is assigned the task goes to somebody else."""
    return _annotate(connection, task_id, {"result": [], "lead_time": lead_time, "was_cancelled": True})


def _annotate(connection: Connection, task_id: int, annotation: Mapping[str, Any]) -> int:
    """Post once; after a broken reply post again only if it did not arrive.

    SQLite lets one writer in at a time, so that a busy server may fail with "database is locked".
    """
    path = f"api/tasks/{task_id}/annotations/"
    for attempt in range(_TRIES):
        try:
            return _post(connection, path, annotation)
        except LostReplyError as error:
            time.sleep(_BUSY_SECONDS * 2**attempt)
            if comes_late(
                connection,
                lambda: _arrived(connection, path, annotation) is not None,
                "the annotation",
                error,
            ) and (arrived := _arrived(connection, path, annotation)):
                return arrived
    return _post(connection, path, annotation)


def _post(connection: Connection, path: str, annotation: Mapping[str, Any]) -> int:
    doing = "submitting an annotation"
    reply = connection.ask("POST", path, doing, json=annotation)
    return checked(connection.url, doing, NUMBERED, reply)["id"]


def _arrived(connection: Connection, path: str, annotation: Mapping[str, Any]) -> int | None:
    """Find this annotation among those of the account, and give its number; None if it is not there."""
    for one in connection.get(path, "looking at the annotations of a task", ANNOTATIONS):
        if one["completed_by"] == connection.user_id and annotation.items() <= one.items():
            return one["id"]
    return None
