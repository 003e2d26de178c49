"""Accounts for annotators, made as a person would make them: with the invitation link."""

import html
import re
import secrets
from dataclasses import dataclass, field

import httpx
from pydantic import TypeAdapter

from annotate.errors import ServerError
from annotate.studio.client import Connection
from annotate.studio.refusals import LostReplyError, asking, check
from annotate.studio.replies import ACCOUNT, ACCOUNTS, INVITATION, TOKEN, T, checked

_PASSWORD_BYTES = 12
_FOUND = 302
_SECONDS = 60.0


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
    with httpx.Client(base_url=url, timeout=_SECONDS, trust_env=not connection.local) as browser:
        complaint = _submit(browser, url, link, {"email": email, "password": password})
        if complaint and "already exists" in complaint:
            complaint = _submit(browser, url, f"{url}/user/login/", {"email": email, "password": password})
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
    if email.lower() in {known.lower() for known in people(connection).values()}:
        return False
    url = connection.url
    with httpx.Client(base_url=url, timeout=_SECONDS, trust_env=not connection.local) as browser:
        try:
            complaint = _submit(
                browser, url, invitation_link(connection), {"email": email, "password": password}
            )
        except LostReplyError as error:
            raise ServerError(
                f"account {email}: {error}; if it was made, its password is not known, and "
                f"`label-studio reset_password --username {email}` on the server's machine sets one"
            ) from error
    if complaint:
        raise ServerError(f"account {email}: {complaint}")
    return True


def people(connection: Connection) -> dict[int, str]:
    """The accounts of the server: e-mail address by number."""
    return {one["id"]: one["email"] for one in connection.get("api/users/", "listing the accounts", ACCOUNTS)}


def _read(browser: httpx.Client, url: str, doing: str, address: str, shape: TypeAdapter[T]) -> T:
    """Ask in a browser's session."""
    with asking(url, doing):
        answer = browser.get(address)
        check(url, doing, answer)
        return checked(url, doing, shape, answer.json())


def _submit(browser: httpx.Client, url: str, address: str, fields: dict[str, str]) -> str:
    """Fill in and send the form at an address. Returns the complaint of the server, or an empty text."""
    with asking(url, "filling in a form"):
        page = browser.get(address)
        check(url, "opening a form", page)
        forged = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if forged is None:
            raise ServerError(
                f"{url}: has no form at {address.removeprefix(url).split('?')[0]}; make accounts by hand"
            )
        answer = browser.post(
            address, data={**fields, "csrfmiddlewaretoken": forged[1]}, headers={"Referer": address}
        )
    if answer.status_code == _FOUND:
        return ""
    check(url, "sending a form", answer)
    complaints = re.findall(r"<li[^>]*>\s*([^<]+?)\s*</li>|<p[^>]*error[^>]*>\s*([^<]+?)\s*</p>", answer.text)
    said = [html.unescape(first or second) for first, second in complaints]
    return " ".join(said[:1]) or "declined; check the address and the password"
