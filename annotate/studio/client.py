"""The connection to a Label Studio: whose it is, with which token, and every question asked of it."""

import importlib.util
import ipaddress
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload
from urllib.parse import urlsplit

import httpx
import platformdirs
from pydantic import TypeAdapter

from annotate.errors import ServerError
from annotate.files import read_json
from annotate.studio import server
from annotate.studio.refusals import RefusedError, asking, check, not_label_studio, repeated
from annotate.studio.replies import ACCOUNT, AccountReply, T, UnexpectedReplyError, checked

if TYPE_CHECKING:
    from label_studio_sdk.client import LabelStudio

URL_VARIABLE = "LABEL_STUDIO_URL"
KEY_VARIABLE = "LABEL_STUDIO_API_KEY"
_CONNECT_SECONDS, _ANSWER_SECONDS, _WHOLE_ANSWER_SECONDS = 10.0, 60.0, 1800.0
_NOT_FOUND = 404


def _quiet(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Connection:
    """A Label Studio that answered, and the account it answers to.

    Use it as a context manager, or close it.
    """

    url: str
    version: str
    user_id: int
    email: str
    embedded: bool
    _sdk: "LabelStudio" = field(repr=False)
    _http: httpx.Client = field(repr=False)
    tell: Callable[[str], None] = field(default=_quiet, repr=False)
    """Says to the person what is being waited for."""

    @overload
    def get(
        self, path: str, doing: str, shape: TypeAdapter[T], *, timeout: float | None = None, **params: Any
    ) -> T: ...
    @overload
    def get(self, path: str, doing: str, *, timeout: float | None = None, **params: Any) -> object: ...
    def get(
        self,
        path: str,
        doing: str,
        shape: TypeAdapter[T] | None = None,
        *,
        timeout: float | None = None,
        **params: Any,
    ) -> T | object:
        """Ask for ``path`` with the query ``params`` and return the JSON, checked against a shape.

        The shapes are those of :mod:`annotate.studio.replies`. Without one the reply may be anything. A question that
        broke is asked again a few times, because it changes nothing.

        Raises
        ------
        UnexpectedReplyError
            If the reply has another shape.
        RefusedError, LostReplyError, ServerError
            As :meth:`ask` raises them.

        """

        def once() -> T | object:
            reply = self.ask("GET", path, doing, params=params, timeout=timeout)
            return reply if shape is None else checked(self.url, doing, shape, reply)

        return repeated(once, self.tell)

    def ask(
        self,
        method: str,
        path: str,
        doing: str,
        *,
        json: Mapping[str, Any] | Sequence[Any] | None = None,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        again: bool = False,
    ) -> object:
        """Send one request and return the JSON of the answer (None where it is empty).

        A PATCH that broke is sent again a few times, because twice the same value is that value; with ``again`` any
        other request too, and where no connection came about, so that nothing was sent, each is. It goes through the SDK's transport, which knows both kinds of token, but without the SDK's
        retries: it would repeat a POST that had been carried out, and one task became three.

        Raises
        ------
        RefusedError
            If Label Studio declines.
        LostReplyError
            If no usable answer came, or one that is not JSON: what was asked may have been done.
        UnreachableError
            If no connection came about: nothing was sent.
        ServerError
            If it is another server.

        """
        options: dict[str, float] = {"max_retries": 0}
        if timeout is not None:
            options["timeout"] = timeout
        query = dict(params or {})
        if method != "GET":  # else a renewal that breaks would look as if the request itself had been lost
            repeated(lambda: _renew(self._sdk, self.url), self.tell)

        def once() -> object:
            return _ask(
                self._sdk, self.url, doing, method, path, json=json, params=query, request_options=options
            )

        # whatever it is, it may be sent again where no connection came about
        return repeated(once, self.tell, sent=again or method == "PATCH")

    def page_url(self, path: str) -> str:
        """Give the address of a page for people."""
        return f"{self.url}/{path.lstrip('/')}"

    def close(self) -> None:
        """Close the sockets."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(
    url: str | None = None,
    api_key: str | None = None,
    *,
    insecure: bool = False,
    tell: Callable[[str], None] = _quiet,
) -> Connection:
    """Connect to the Label Studio that is given, else to that of the environment, else to the embedded one.

    Parameters
    ----------
    url, api_key
        Address and token; ``LABEL_STUDIO_URL`` and ``LABEL_STUDIO_API_KEY`` where not said. The token is
        a personal access token or a legacy token. An address alone takes the token that is kept for it in
        ``tokens.json`` or the system's keyring. With neither, the embedded server that runs.
    insecure
        Send the token over plain http to another machine too, where others may read it on its way.
    tell
        Called with a sentence when something has to be waited for.

    Raises
    ------
    ServerError
        If only one of the two is known, no embedded server runs, the address has a password in it or is plain
        http to another machine, the server is not there or is not a Label Studio, or it does not accept the token.

    """
    url = (url or os.environ.get(URL_VARIABLE) or "").strip()
    api_key = (api_key or os.environ.get(KEY_VARIABLE) or "").strip()
    if not url and not api_key:
        state = server.status()
        if not state.running or state.url is None:
            raise ServerError(
                "no Label Studio to talk to: start one with `annotate server start`, "
                f"or set {URL_VARIABLE} and {KEY_VARIABLE}"
            )
        return _open(state.url, server.credentials().token, ours=server.listening(), tell=tell)
    address = _address(url) if url else ""
    api_key = api_key or _stored_token(address)
    if not url or not api_key:
        missing, there = (URL_VARIABLE, KEY_VARIABLE) if api_key else (KEY_VARIABLE, URL_VARIABLE)
        kept = (
            "" if api_key else f", and no token for {address} is kept in {_tokens()} or the system's keyring"
        )
        raise ServerError(
            f"{missing}: not set, though {there} is{kept}; set both, or neither for the embedded server"
        )
    if not re.fullmatch(r"[!-~]+", api_key):
        raise ServerError(
            f"{KEY_VARIABLE}: is not a token: it has blanks or foreign letters; copy it from Account & Settings"
        )
    if urlsplit(address).scheme == "http" and not insecure and not _on_this_machine(address):
        raise ServerError(
            f"{address}: plain http to another machine, on the way to which others can read the token; "
            "use https, or send it all the same with --insecure"
        )
    return _open(address, api_key, tell=tell)


def connect_embedded(
    data_dir: Path | str | None = None, *, insecure: bool = False, tell: Callable[[str], None] = _quiet
) -> Connection:
    """Connect to the embedded server in a folder; without a folder, as :func:`connect` does.

    Raises
    ------
    ServerError
        If none runs there, or as :func:`connect` raises it.

    """
    if data_dir is None:
        return connect(insecure=insecure, tell=tell)
    state = server.status(data_dir)
    if not state.running or state.url is None:
        raise ServerError(
            f"{data_dir}: no embedded server runs there; start it with: annotate server start --data-dir {data_dir}"
        )
    return _open(state.url, server.credentials(data_dir).token, ours=server.listening(data_dir), tell=tell)


def _tokens() -> Path:
    """The file of tokens that a person may keep, by address; for nobody else to read."""
    return Path(platformdirs.user_config_dir("annotate", appauthor=False)) / "tokens.json"


def _stored_token(address: str) -> str:
    """The token that is kept for an address in the file of tokens, else in the system's keyring; empty if none is."""
    file, remedy = _tokens(), f'it holds {{"{address}": "the token"}}'
    if address and file.exists():
        if sys.platform != "win32" and file.stat().st_mode & 0o077:
            raise ServerError(f"{file}: others may read it or write to it; chmod 600 {file}")
        kept = read_json(file, remedy=remedy, error=ServerError)
        if not isinstance(kept, dict) or not all(isinstance(one, str) for one in kept.values()):
            raise ServerError(f"{file}: is not a list of tokens; {remedy}")
        if address in kept:
            return str(kept[address])
    if not address or importlib.util.find_spec("keyring") is None:
        return ""
    import keyring

    try:
        return keyring.get_password("annotate", address) or ""
    except keyring.errors.NoKeyringError:
        return ""
    except keyring.errors.KeyringError as error:
        raise ServerError(
            f"the system's keyring cannot be read ({error}); unlock it, or set {KEY_VARIABLE}"
        ) from error


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, right = urlsplit(""), False
    if "@" in url.partition("?")[0]:  # never repeated in a message, and it would take the place of the token
        raise ServerError(
            f"{URL_VARIABLE}: has a user name or a password in it; leave it out, the token goes into {KEY_VARIABLE}"
        )
    if not right:
        bare = re.split(r"[?#]", url)[0]
        raise ServerError(
            f"{bare}: not the address of a server; {URL_VARIABLE} looks like http://localhost:8080"
        )
    return parts._replace(query="", fragment="").geturl().rstrip("/")


def _open(
    url: str, api_key: str, *, ours: Callable[[], None] | None = None, tell: Callable[[str], None] = _quiet
) -> Connection:
    """Open a connection; ``ours`` is checked before each request to the embedded server."""
    http = web_client(url, ours)
    opened = False
    try:
        version = repeated(lambda: _version(url, http), tell, unreachable=False)
        sdk = _client(url, api_key, http)
        me = repeated(lambda: _whoami(sdk, url), tell)
        opened = True
    except RefusedError as error:
        if error.status == _NOT_FOUND:  # Label Studio answers for its version below any path
            raise ServerError(not_label_studio(url)) from error
        raise
    finally:
        if not opened:
            http.close()
    return Connection(url, version, me["id"], me["email"], ours is not None, sdk, http, tell)


def web_client(url: str, ours: Callable[[], None] | None = None) -> httpx.Client:
    """Open what sends requests to a server; ``ours`` is checked before each.

    On this machine no proxy of the environment is used, and each request has a connection of its own: the embedded
    server writes an answer in small pieces, and on a connection that stays open each answer waits 40 ms for the
    acknowledgement of its first piece (Nagle's algorithm and delayed acknowledgements, RFC 1122, 4.2.3.2 and 4.2.3.4).
    """
    here = _on_this_machine(url)
    return httpx.Client(
        base_url=url,
        timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
        headers={"Connection": "close"} if here else {},
        follow_redirects=False,
        trust_env=not here,
        verify=httpx.create_ssl_context(),  # with SSL_CERT_FILE, on this machine too
        event_hooks={"request": [lambda _: ours()] if ours else [], "response": [_bound]},
    )


class _Bounded(httpx.SyncByteStream):
    """An answer that has to be whole in time: each byte may come in time, and the last one never."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream
        self._until = time.monotonic() + _WHOLE_ANSWER_SECONDS

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout(f"not whole within {_WHOLE_ANSWER_SECONDS:.0f} s")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _bound(answer: httpx.Response) -> None:
    if isinstance(answer.stream, httpx.SyncByteStream):
        answer.stream = _Bounded(answer.stream)


def _whoami(sdk: "LabelStudio", url: str) -> AccountReply:
    doing = "signing in"
    return checked(url, doing, ACCOUNT, _ask(sdk, url, doing, "GET", "api/current-user/whoami"))


def _client(url: str, api_key: str, http: httpx.Client) -> "LabelStudio":
    with asking(url, "signing in"):
        from label_studio_sdk.client import LabelStudio

        # the SDK's constructor is untyped
        return LabelStudio(base_url=url, api_key=api_key, httpx_client=http, max_retries=0)  # type: ignore[no-untyped-call]


def _renew(sdk: "LabelStudio", url: str) -> None:
    """Have the SDK exchange a personal access token for a new short-lived one, where the old one is over."""
    doing = "renewing the token"
    with asking(url, doing):
        try:
            sdk._client_wrapper.get_headers()  # noqa: SLF001 - no public way either
        except ValueError as error:
            raise UnexpectedReplyError(
                f"{url}: the answer while {doing} is not a token; try again"
            ) from error


def _ask(sdk: "LabelStudio", url: str, doing: str, method: str, path: str, **options: Any) -> object:
    """Send one request through the transport of the SDK, and give the JSON of the answer."""
    with asking(url, doing):
        transport = sdk._client_wrapper.httpx_client  # noqa: SLF001 - no public way to a raw request
        answer = transport.request(path, method=method, **options)
        check(url, doing, answer)
        try:
            return answer.json() if answer.content else None
        except ValueError as error:
            raise UnexpectedReplyError(
                f"{url}: the answer while {doing} is not JSON; try again, and see whether a proxy changes the answers"
            ) from error


def _on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _version(url: str, http: httpx.Client) -> str:
    """Ask for the release before the token is sent, so that no other program gets to see it."""
    with asking(url, "asking for its version"):
        answer = http.get(f"{url}/api/version")
        if answer.is_client_error:
            raise ServerError(not_label_studio(url))
        check(url, "asking for its version", answer)
        said = answer.json()
    if not isinstance(said, dict) or not any(str(key).startswith("label-studio") for key in said):
        raise ServerError(not_label_studio(url))
    return str(said.get("release", "unknown"))
