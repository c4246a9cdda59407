"""An HTTP client for one server, on httpx: bounded, patient, and careful with passwords.

It speaks to the one origin (scheme, host, port) that it was made for. A redirect elsewhere is an
error that names the address, so neither credentials nor data ever reach another host. Proxies and
`.netrc` of the environment are not used.

Source:
    RFC 9110 (semantics; section 10.2.3, Retry-After), RFC 6454 (origin).
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import NamedTuple, Self
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

import httpx

from airm_graph.errors import RemoteError
from airm_graph.remote.credentials import PASSWORD, TOKEN, USER, Credentials, PasswordAuth, TokenAuth

__all__ = ["Answer", "Client", "check_url"]

#: Seconds between two bytes, seconds for a whole answer, bytes of an answer, tries, seconds that a
#: server may ask us to wait.
TIMEOUT, DEADLINE, MOST_BYTES, TRIES, LONGEST_WAIT = 60.0, 600.0, 256 << 20, 5, 120.0
#: Too many requests, and what proxies say while a server restarts: asking again is right, for all
#: requests here can be repeated.
_AGAIN = {429, 502, 503, 504}
_REDIRECTS = {301, 302, 307, 308}
_MOST_REDIRECTS = 5
#: Characters that are shown of what a server says, and those among which they are chosen.
_SHOWN, _LOOKED_AT = 300, 8192
_CONNECTING = {ConnectionRefusedError: "the connection is refused", socket.gaierror: "there is no server of that name"}
_HEADERS = {"User-Agent": "airm-graph", "Accept": "*/*", "Accept-Encoding": "identity"}
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff\uf900-\ufffd\U00010000-\U0003ffff]+")
_PORTS = {"http": 80, "https": 443}


class Answer(NamedTuple):
    """What a server sent, read to its end; headers are found by their names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Name the media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass
class Client:
    """Sends requests to one origin; waits, tries again, proves who we are and gives up as told.

    Attributes:
        url: Any address of the server; only its origin is used.
        credentials: For this origin only.
        timeout: Seconds to wait for the connection and for each next byte.
        deadline: Seconds for a whole answer.
        most_bytes: Largest answer.
        tries: How often a request is sent when the server is busy or the connection breaks.
        plain: Allow a password or token over plain HTTP to another machine.
        tell: Called with a line when a request is tried again.
        sleep: How to wait.
    """

    url: str
    credentials: Credentials | None = None
    timeout: float = TIMEOUT
    deadline: float = DEADLINE
    most_bytes: int = MOST_BYTES
    tries: int = TRIES
    plain: bool = False
    tell: Callable[[str], None] = lambda _line: None
    sleep: Callable[[float], None] = time.sleep
    _auth: httpx.Auth = field(default_factory=httpx.Auth, init=False, repr=False)
    _transport: httpx.HTTPTransport = field(init=False, repr=False)
    _is_reached: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self._origin = _origin(check_url(self.url))
        if self.credentials and self.credentials.token:
            self._check_plain(TOKEN)
            self._auth = TokenAuth(self.credentials)
        elif self.credentials:
            self._auth = PasswordAuth(self.credentials, check_basic=lambda: self._check_plain(PASSWORD))
        # A transport and no `httpx.Client`: that one reads the bodies of refusals and redirects
        # without a bound, and fails on a redirect to what is no address. The certificates are those
        # of the system, not those that httpx brings along.
        self._transport = httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        allow: frozenset[int] = frozenset(),
        patient: bool = False,
    ) -> Answer:
        """Send a request that may be repeated without harm, and return the answer.

        Args:
            method: GET, PUT, POST or DELETE.
            url: Below the origin of this client.
            headers: Beside those that every request has.
            body: What to send.
            allow: Statuses that are no error although they are not 2xx.
            patient: Ask again too when no answer comes in time; a query that is too slow once
                would be so again.

        Raises:
            RemoteError: No connection, no answer in time, an answer that is too large, a redirect
                elsewhere, or any other status.
        """
        if _origin(check_url(url)) != self._origin:
            raise RemoteError(f"{url} is on another server than {self.url}; nothing is sent there")
        try:
            return self._try(method, url, headers=headers or {}, body=body, allow=allow, patient=patient)
        except RemoteError as error:
            # Whatever a server says may hold what was sent to it.
            raise RemoteError(self.hide(str(error))) from None

    def hide(self, text: str) -> str:
        """Leave out of a text what is secret."""
        return self.credentials.hide(text) if self.credentials else text

    def _try(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, allow: frozenset[int], patient: bool
    ) -> Answer:
        """Send a request, again where that may help."""
        for number in range(1, self.tries + 1):
            answer, wait = None, None
            try:
                answer = self._follow(method, url, headers, body)
                said, is_last = f"status {answer.status}", answer.status not in _AGAIN
                wait = _read_wait(answer.headers.get("retry-after"))
            except httpx.TimeoutException:
                said, is_last = f"no answer within {self.timeout:g} s", not patient
            except httpx.TransportError as error:
                # A server that was there before may just restart.
                said, is_last = _explain(error), isinstance(error, httpx.ConnectError) and not self._is_reached
            if is_last or number == self.tries or (wait or 0) > LONGEST_WAIT:
                break
            pause = 0.5 * 2 ** (number - 1) if wait is None else wait
            self.tell(f"{self.hide(said)}: trying again in {pause:g} s (try {number} of {self.tries})")
            self.sleep(pause)
        if answer is None:
            raise RemoteError(f"{url}: {said}; see whether the server runs and can be reached")
        if answer.status // 100 != 2 and answer.status not in allow:
            text = self._show(answer.body[:_LOOKED_AT].decode("utf-8", "replace")) or "without a word"
            raise RemoteError(f"{url}: status {answer.status}: {text}")
        return answer

    def _show(self, text: str) -> str:
        """Put the first lines of what a server said on one line; secrets go before it is cut, for
        half of one is one, too.
        """
        return _show(self.hide(text[:_LOOKED_AT]))

    def _follow(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send a request, to where it is redirected on the same origin."""
        for _ in range(_MOST_REDIRECTS):
            answer = self._prove(method, url, headers, body)
            if answer.status not in _REDIRECTS | {303}:
                return answer
            location = answer.headers.get("location", "")
            target = self._find_redirect(url, location) if answer.status in _REDIRECTS else None
            if target is None:
                shown = self._show(location.partition("?")[0]) or "nowhere"
                raise RemoteError(f"{url} redirects to {shown}, which is not followed; give that address if you trust it")
            url = target
        raise RemoteError(f"{url} redirects again and again; give the address of the endpoint itself")

    def _find_redirect(self, url: str, location: str) -> str | None:
        """Find where on this server a redirect leads; None when it leads elsewhere or nowhere."""
        try:
            target = urldefrag(urljoin(url, location)).url
            return target if _origin(check_url(target)) == self._origin else None
        except (RemoteError, ValueError):
            return None

    def _prove(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send a request, and once more with a proof when the server asks for one."""
        timeouts = httpx.Timeout(self.timeout).as_dict()
        try:
            request = httpx.Request(method, url, headers={**_HEADERS, **headers}, content=body, extensions={"timeout": timeouts})
        except httpx.InvalidURL as error:
            raise RemoteError(f"{_show(url)!r} is not an address that can be used: {error}") from error
        flow = self._auth.sync_auth_flow(request)
        request = next(flow)
        while True:
            answer = self._send(request)
            try:
                request = flow.send(httpx.Response(answer.status, headers=answer.headers, request=request))
            except StopIteration:
                break
        if answer.status == 401:
            raise RemoteError(f"{url}: status 401: {self._explain_refusal(has_proof='authorization' in request.headers)}")
        return answer

    def _send(self, request: httpx.Request) -> Answer:
        """Send a request, and read the answer as far as it may go."""
        until = time.monotonic() + self.deadline
        with closing(self._transport.handle_request(request)) as response:
            self._is_reached = True
            pieces, size = [], 0
            for piece in response.iter_raw():
                pieces.append(piece)
                size += len(piece)
                if size > self.most_bytes:
                    raise RemoteError(f"{self.url}: the answer is larger than {self.most_bytes} bytes; ask for less")
                if time.monotonic() > until:
                    raise RemoteError(f"{self.url}: no whole answer within {self.deadline:g} s; ask for less")
            return Answer(response.status_code, response.headers, b"".join(pieces))

    def _explain_refusal(self, *, has_proof: bool) -> str:
        if not self.credentials:
            return f"the server asks who you are; set {USER} and {PASSWORD}, or {TOKEN}, in the environment"
        if not has_proof:
            return f"the server asks neither for Basic nor for Digest; set {TOKEN} if it takes tokens"
        return f"the server does not accept what {TOKEN if self.credentials.token else f'{USER} and {PASSWORD}'} say"

    def _check_plain(self, name: str) -> None:
        scheme, host, _ = self._origin
        if scheme == "http" and not self.plain and not _is_loopback(host):
            raise RemoteError(f"{self.url}: {name} would cross the network in the clear; use https, or allow it with --insecure")


def check_url(url: str) -> SplitResult:
    """Take the address of an endpoint apart.

    Raises:
        RemoteError: It is no absolute http or https address, or holds a user name, a fragment, or
            characters to be encoded.

    >>> check_url("https://example.org:8443/sparql").port
    8443
    """
    # What is refused is not repeated where it may hold a password.
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise RemoteError("the address of the endpoint cannot be read; give it as https://host/path") from None
    if "@" in parts.netloc:
        raise RemoteError(f"the address of the endpoint holds a user name; set {USER} and {PASSWORD} in the environment instead")
    if parts.scheme not in _PORTS or not parts.hostname or not port_is_valid:
        raise RemoteError(f"{_show(url)!r} is not an http or https address; give it as https://host/path")
    if parts.fragment or not re.fullmatch("[!-~]+", url) or re.search(r'[<>"{}|\\^`]', url):
        raise RemoteError(f"{_show(url)!r} holds a fragment or characters that must be percent-encoded")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _show(text: str) -> str:
    """Put the first lines of what a server said on one line, without control characters."""
    lines = [line for part in text[: 4 * _SHOWN].splitlines() if (line := _UNPRINTABLE.sub(" ", part).strip())]
    shown = " / ".join(lines[:3])
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _explain(error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause and not isinstance(cause, OSError):
        cause = cause.__context__
    said = _show(str(error)) or type(error).__name__
    if isinstance(error, httpx.ConnectError):
        return next((text for kind, text in _CONNECTING.items() if isinstance(cause, kind)), said)
    return f"the server closed the connection without an answer or in the middle of it ({said})"


def _read_wait(value: str | None) -> float | None:
    """Read the seconds that Retry-After asks for: a number, or a date."""
    if value is None:
        return None
    if re.fullmatch("[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
