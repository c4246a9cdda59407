"""Names, passwords and tokens from the environment, and how they are proven to a server.

A password is sent when the server asks for it and no sooner; Digest is chosen before Basic, so that
the password stays here where the server can do without it.

Source:
    RFC 9110, section 11.6.1 (challenges); Basic, Digest and Bearer are those of httpx.
"""

import os
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.request import parse_http_list

import httpx

from airm_graph.errors import RemoteError
from airm_graph.remote.secrets import hide_secrets

__all__ = ["Credentials", "PasswordAuth", "TokenAuth", "find_challenge", "read_credentials"]

USER, PASSWORD, TOKEN = "AIRM_ENDPOINT_USER", "AIRM_ENDPOINT_PASSWORD", "AIRM_ENDPOINT_TOKEN"

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_CHALLENGE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:\s+[A-Za-z0-9_-]+\s*=|\s*\Z)")
# Of those that httpx signs; it fails on others that servers name.
_ALGORITHMS = {"MD5", "SHA-256"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hold a user with a password, or a token; neither secret is shown by ``repr``."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if any(_CONTROL.search(value) for value in (self.user, self.password, self.token)):
            raise RemoteError(f"the credentials hold control characters; look at {USER}, {PASSWORD} and {TOKEN}")

    def hide(self, text: str) -> str:
        """Replace password and token wherever *text* holds them or a part of them, in any form in
        which a server may echo them.

        >>> Credentials("me", password="hunter2").hide("wrong password hunter2, bWU6aHVudGVyMg==")
        'wrong password ***, ***'
        """
        secrets = [secret for secret in (self.password, self.token) if secret]
        return hide_secrets(text, secrets, pair=f"{self.user}:{self.password}" if self.password else "")


def read_credentials(environment: Mapping[str, str] | None = None) -> Credentials | None:
    """Read credentials from the environment; None where there are none.

    Raises:
        RemoteError: A password without a user, or a user beside a token.

    >>> read_credentials({"AIRM_ENDPOINT_USER": "dba", "AIRM_ENDPOINT_PASSWORD": "secret"})
    Credentials(user='dba')
    """
    environment = os.environ if environment is None else environment
    user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if token and (user or password):
        raise RemoteError(f"{TOKEN} is set beside {USER} or {PASSWORD}; unset what the endpoint does not want")
    if password and not user:
        raise RemoteError(f"{PASSWORD} is set and {USER} is not; set both")
    return Credentials(user, password, token) if user or token else None


class TokenAuth(httpx.Auth):
    """Gives a token with each request."""

    def __init__(self, credentials: Credentials) -> None:
        self._token = credentials.token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with the token."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class PasswordAuth(httpx.Auth):
    """Proves a user when the server asks, and from then on with each request."""

    def __init__(self, credentials: Credentials, *, check_basic: Callable[[], None]) -> None:
        """Make an auth flow; *check_basic* is called before the password itself is sent."""
        self._given = credentials.user.encode(), credentials.password.encode()
        self._check_basic = check_basic
        self._auth: httpx.Auth = httpx.DigestAuth(*self._given)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request, and again with a proof where the answer asks for one."""
        flow = self._auth.auth_flow(request)
        response = yield next(flow)
        if response.status_code != 401:
            return
        # Some servers refuse without a challenge, so that browsers do not ask; it is Basic then.
        challenge = find_challenge(response.headers.get_list("www-authenticate") or ["Basic"])
        if challenge.lower().startswith("digest"):
            with suppress(StopIteration):
                headers = httpx.Headers({"www-authenticate": challenge}, encoding="utf-8")
                yield flow.send(httpx.Response(401, headers=headers, request=request))
        elif challenge and "authorization" not in request.headers:
            self._check_basic()
            self._auth = httpx.BasicAuth(*self._given)
            yield from self._auth.auth_flow(request)


def find_challenge(headers: Sequence[str]) -> str:
    """Find the challenge of a 401 to answer: one of Digest before one of Basic, or none.

    A header may hold several, of which httpx sees the first only.

    >>> find_challenge(['Basic realm="a, b", Digest realm="c", nonce="d", qop="auth"'])
    'Digest realm="c", nonce="d", qop="auth"'
    """
    found: list[str] = []
    for item in (item for header in headers for item in parse_http_list(header)):
        if _CHALLENGE.match(item):
            found.append(item)
        elif found:
            found[-1] += f", {item}"
    digests = (text for text in found if text.lower().startswith("digest ") and _can_sign(text))
    return next(digests, next((text for text in found if text.lower().split()[0] == "basic"), ""))


def _can_sign(challenge: str) -> bool:
    items = parse_http_list(challenge.partition(" ")[2])
    given = {name.strip(): value.strip('" ') for name, _, value in (item.partition("=") for item in items)}
    is_whole = {"realm", "nonce"} <= given.keys() and all("=" in item for item in items)
    return is_whole and given.get("algorithm", "MD5").upper() in _ALGORITHMS and "auth" in re.split(", ?", given.get("qop", "auth"))
