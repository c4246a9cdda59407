"""Who we are to a server: names and passwords from the environment, and the headers that prove them.

A password is sent when the server asks for it and no sooner; Digest is chosen before Basic, so that it stays here where the server can do
without it.

Source:
    RFC 7617 (Basic), RFC 7616 (Digest), RFC 6750 (Bearer).
"""

import base64
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from airm_graph.errors import RemoteError

__all__ = ["Challenge", "Credentials", "read_challenges", "read_credentials"]

USER, PASSWORD, TOKEN = "AIRM_ENDPOINT_USER", "AIRM_ENDPOINT_PASSWORD", "AIRM_ENDPOINT_TOKEN"

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
# A challenge begins with a scheme; a scheme is followed by a space and its first parameter, or stands alone.
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9_-]*)(?=\s+[A-Za-z0-9_-]+\s*=|\s*(?:,|$))")
_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or a token; never shown by ``repr``."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if any(_CONTROL.search(value) for value in (self.user, self.password, self.token)):
            raise RemoteError(f"the credentials hold control characters; look at {USER}, {PASSWORD} and {TOKEN}")

    def hide(self, text: str) -> str:
        """Replace password and token wherever *text* holds them.

        >>> Credentials("me", password="hunter2").hide("wrong password hunter2")
        'wrong password ***'
        """
        for secret in (self.password, self.token):
            text = text.replace(secret, "***") if secret else text
        return text


@dataclass(slots=True)
class Challenge:
    """What a server wants to see: the scheme in lower case, its parameters, and how often it was answered."""

    scheme: str
    parameters: Mapping[str, str]
    used: int = 0

    def answer(self, credentials: Credentials, *, method: str, target: str) -> bytes:
        """Write the Authorization header for one request; *target* is its path with the query string."""
        if self.scheme == "basic":
            return b"Basic " + base64.b64encode(f"{credentials.user}:{credentials.password}".encode())
        self.used += 1
        return _digest(self.parameters, credentials, method=method, target=target, count=self.used)


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


def read_challenges(headers: Sequence[str]) -> list[Challenge]:
    """Read the challenges of a 401 that we can answer, the safest first.

    >>> [found.scheme for found in read_challenges(['Basic realm="a, b", Digest realm="c", nonce="d", qop="auth"'])]
    ['digest', 'basic']
    """
    found = [challenge for header in headers for challenge in _split_challenges(header)]
    rank = {"SHA-256": 0, "MD5": 1}
    digests = [c for c in found if c.scheme == "digest" and _algorithm(c.parameters) in _HASHES and _can_sign(c.parameters)]
    return sorted(digests, key=lambda c: rank[_algorithm(c.parameters)]) + [c for c in found if c.scheme == "basic"]


def _split_challenges(header: str) -> list[Challenge]:
    # Quoted strings may hold commas and words: they are blanked while schemes are looked for.
    plain = re.sub(r'"(?:[^"\\]|\\.)*"', lambda match: '"' + "x" * (len(match[0]) - 2) + '"', header)
    starts = [(match.start(1), match.end(1)) for match in _SCHEME.finditer(plain)]
    ends = [*(start for start, _ in starts[1:]), len(header)]
    return [
        Challenge(header[start:stop].lower(), dict(_read_parameters(header[stop:end])))
        for (start, stop), end in zip(starts, ends)  # noqa: B905 - without a scheme there is nothing to pair the end with
    ]


def _read_parameters(text: str) -> Iterator[tuple[str, str]]:
    for key, quoted, bare in _PARAMETER.findall(_CONTROL.sub("", text)):
        yield key.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare


def _algorithm(parameters: Mapping[str, str]) -> str:
    return parameters.get("algorithm", "MD5").upper()


def _can_sign(parameters: Mapping[str, str]) -> bool:
    return "nonce" in parameters and ("qop" not in parameters or "auth" in re.split(r"[\s,]+", parameters["qop"]))


def _digest(parameters: Mapping[str, str], credentials: Credentials, *, method: str, target: str, count: int) -> bytes:
    algorithm = _algorithm(parameters)

    def digest(*parts: str) -> str:
        return hashlib.new(_HASHES[algorithm], ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    realm, nonce = parameters.get("realm", ""), parameters["nonce"]
    secret = digest(credentials.user, realm, credentials.password)
    request = digest(method, target)
    fields = {"username": credentials.user, "realm": realm, "nonce": nonce, "uri": target}
    if "qop" in parameters:
        number, own = f"{count:08x}", secrets.token_hex(8)
        fields |= {"response": digest(secret, nonce, number, own, "auth", request), "cnonce": own}
        bare = f", qop=auth, nc={number}"
    else:
        fields["response"], bare = digest(secret, nonce, request), ""
    if "opaque" in parameters:
        fields["opaque"] = parameters["opaque"]
    quoted = ", ".join('{}="{}"'.format(key, re.sub(r'(["\\])', r"\\\1", value)) for key, value in fields.items())
    return f"Digest {quoted}{bare}, algorithm={algorithm}".encode()
