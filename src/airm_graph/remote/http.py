"""An HTTP client for one server: bounded, patient, and careful with passwords.

It speaks to the one origin (scheme, host, port) that it was made for. A redirect elsewhere is an error that names the place, so neither
credentials nor data ever reach another host. Proxies of the environment are not used.

Source:
    RFC 9110 (semantics; section 10.2.3, Retry-After), RFC 6454 (origin).
"""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Self
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from airm_graph.errors import RemoteError
from airm_graph.remote.credentials import PASSWORD, TOKEN, USER, Challenge, Credentials, read_challenges

__all__ = ["Answer", "Client", "check_url"]

#: Seconds between two bytes, seconds for a whole answer, bytes of an answer, tries, seconds that a server may ask us to wait.
TIMEOUT, DEADLINE, MOST_BYTES, TRIES, LONGEST_WAIT = 60.0, 600.0, 256 << 20, 5, 120.0
#: Too many requests, and what proxies say while a server restarts: asking again is right, for all requests here can be repeated.
_AGAIN = {429, 502, 503, 504}
_REDIRECTS = {301, 302, 307, 308}
_MOST_REDIRECTS = 5
_SHOWN = 300
_PIECE = 1 << 16
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff\uf900-\ufffd\U00010000-\U0003ffff]+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent: status, headers by their name in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """The connection failed in the middle of a request."""

    def __init__(self, error: Exception, *, timeout: float) -> None:
        super().__init__(_explain(error, timeout))
        self.late = isinstance(error, TimeoutError)
        #: There was no connection at all; a server that was there before may just restart.
        self.refused = isinstance(error, (ConnectionRefusedError, socket.gaierror))
        self.final = isinstance(error, ssl.SSLCertVerificationError)


@dataclass
class Client:
    """Sends requests to one origin and waits, tries again, proves who we are and gives up as told.

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
    _connection: http.client.HTTPConnection | None = field(default=None, init=False, repr=False)
    _challenge: Challenge | None = field(default=None, init=False, repr=False)
    _reached: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self._origin = _origin(check_url(self.url))
        if self.credentials and self.credentials.token:
            self._check_plain(TOKEN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a later request opens another."""
        if self._connection:
            self._connection.close()
        self._connection = None

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
            patient: Ask again too when no answer comes in time; a query that is too slow once would be so again.

        Raises:
            RemoteError: No connection, no answer in time, an answer that is too large, a redirect elsewhere, or any other status.
        """
        parts = check_url(url)
        if _origin(parts) != self._origin:
            raise RemoteError(f"{url} is on another server than {self.url}; nothing is sent there")
        for number in range(1, self.tries + 1):
            answer, wait = None, None
            try:
                answer = self._follow(method, parts, headers or {}, body)
                said, last = f"status {answer.status}", answer.status not in _AGAIN
                wait = _read_wait(answer.headers.get("retry-after"))
            except _Broken as error:
                self.close()
                said, last = str(error), error.final or (error.late and not patient) or (error.refused and not self._reached)
            if last or number == self.tries or (wait or 0) > LONGEST_WAIT:
                break
            pause = 0.5 * 2 ** (number - 1) if wait is None else wait
            self.tell(f"{said}: trying again in {pause:g} s (try {number} of {self.tries})")
            self.sleep(pause)
        if answer is None:
            raise RemoteError(f"{url}: {said}; see whether the server runs and can be reached")
        return self._check_status(answer, url, allow)

    def _follow(self, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send a request, to where it is redirected on the same origin."""
        for _ in range(_MOST_REDIRECTS):
            answer = self._prove(method, parts, headers, body)
            if answer.status not in _REDIRECTS | {303}:
                return answer
            target = self._find_redirect(parts, answer) if answer.status in _REDIRECTS else None
            if target is None:
                shown = _show(answer.headers.get("location", "").partition("?")[0]) or "nowhere"
                raise RemoteError(f"{parts.geturl()} redirects to {shown}, which is not followed; give that address if you trust it")
            parts = target
        raise RemoteError(f"{parts.geturl()} redirects again and again; give the address of the endpoint itself")

    def _find_redirect(self, parts: SplitResult, answer: Answer) -> SplitResult | None:
        """Where on this server a redirect leads; None when it leads elsewhere, or is no address."""
        try:
            target = check_url(urldefrag(urljoin(parts.geturl(), answer.headers.get("location", ""))).url)
        except (RemoteError, ValueError):
            return None
        return target if _origin(target) == self._origin else None

    def _prove(self, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send a request, and once more with credentials when the server asks for them (a nonce that grew old is asked for again)."""
        answer, challenges = self._send(method, parts, headers, body)
        if answer.status != 401 or not challenges or not (self.credentials and self.credentials.user):
            return answer
        self._challenge = challenges[0]
        if self._challenge.scheme == "basic":
            self._check_plain(PASSWORD)
        return self._send(method, parts, headers, body)[0]

    def _send(self, method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes | None) -> tuple[Answer, list[Challenge]]:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent: dict[str, str | bytes] = {"User-Agent": "airm-graph", "Accept-Encoding": "identity", **headers}
        if self.credentials and self.credentials.token:
            sent["Authorization"] = b"Bearer " + self.credentials.token.encode()
        elif self.credentials and self._challenge:
            sent["Authorization"] = self._challenge.answer(self.credentials, method=method, target=target)
        until = time.monotonic() + self.deadline
        try:
            response = self._start(method, target, sent, body)
            self._reached = True
            answer = Answer(response.status, _fold(response), self._read(response, until))
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, RemoteError):
                raise
            raise _Broken(error, timeout=self.timeout) from error
        # Some servers refuse without saying what they want, so that browsers do not ask; it is Basic then.
        asked = response.headers.get_all("WWW-Authenticate")
        return answer, read_challenges(["Basic"] if asked is None else asked)

    def _start(self, method: str, target: str, headers: Mapping[str, str | bytes], body: bytes | None) -> http.client.HTTPResponse:
        connection = self._connect()
        try:
            connection.request(method, target, body=body, headers=headers)
        except BrokenPipeError:
            # A server may answer, for example with 401, before it has read all, and hang up: what it said is then still to be read.
            if body is None:
                raise
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPConnection:
        if self._connection is None:
            scheme, host, port = self._origin
            kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            self._connection = kind(host, port, timeout=self.timeout)
        return self._connection

    def _read(self, response: http.client.HTTPResponse, until: float) -> bytes:
        pieces, size = [], 0
        while piece := response.read1(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > self.most_bytes:
                self.close()
                raise RemoteError(f"{self.url}: the answer is larger than {self.most_bytes} bytes; ask for less")
            if time.monotonic() > until:
                self.close()
                raise RemoteError(f"{self.url}: no whole answer within {self.deadline:g} s; ask for less")
        # Headers that break off look like an answer without a length.
        framed = response.length is not None or response.chunked or response.version == 10
        if response.length or not (framed or "close" in response.headers.get("Connection", "").lower()):
            raise http.client.IncompleteRead(b"")
        response.close()
        return b"".join(pieces)

    def _check_status(self, answer: Answer, url: str, allow: frozenset[int]) -> Answer:
        if 200 <= answer.status < 300 or answer.status in allow:
            return answer
        if answer.status == 401:
            raise RemoteError(f"{url}: status 401: {self._explain_refusal()}")
        said = self._hide(_show(answer.body.decode("utf-8", "replace"))) or "without a word"
        raise RemoteError(f"{url}: status {answer.status}: {said}")

    def _explain_refusal(self) -> str:
        if not self.credentials:
            return f"the server asks who you are; set {USER} and {PASSWORD}, or {TOKEN}, in the environment"
        if self.credentials.user and self._challenge is None:
            return f"the server asks neither for Basic nor for Digest; set {TOKEN} if it takes tokens"
        return f"the server does not accept what {TOKEN if self.credentials.token else f'{USER} and {PASSWORD}'} say"

    def _hide(self, text: str) -> str:
        return self.credentials.hide(text) if self.credentials else text

    def _check_plain(self, name: str) -> None:
        scheme, host, _ = self._origin
        if scheme == "http" and not self.plain and not _is_loopback(host):
            raise RemoteError(f"{self.url}: {name} would cross the network in the clear; use https, or allow it with --insecure")


def check_url(url: str) -> SplitResult:
    """Take the address of an endpoint apart.

    Raises:
        RemoteError: It is no absolute http or https address, or holds a user name, a fragment, or characters to be encoded.

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


def _fold(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _show(text: str) -> str:
    """The first lines of what a server said, on one line and without characters that drive a terminal."""
    lines = [line for part in text[: 4 * _SHOWN].splitlines() if (line := _UNPRINTABLE.sub(" ", part).strip())]
    shown = " / ".join(lines[:3])
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _explain(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection broke in the middle of the answer"
    if isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        return "the server closed the connection without an answer"
    if isinstance(error, socket.gaierror):
        return "there is no server of that name"
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused"
    return _show(str(error)) or type(error).__name__


def _read_wait(value: str | None) -> float | None:
    """Seconds that Retry-After asks for: a number, or a date."""
    if value is None:
        return None
    if re.fullmatch("[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None
