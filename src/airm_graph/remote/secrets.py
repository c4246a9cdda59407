"""Find secrets in what a server says: as they are, encoded, in capitals or small letters, or
cut.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus, unquote_plus

__all__ = ["hide_secrets"]

#: So many characters in a row of a secret are a part of it; of a shorter one, all of them.
_PART = 6
_HIDDEN, _MARK = "***", "\0"
_UNTOLD = "(what the server said holds the password or token, and is not shown)"


def hide_secrets(text: str, secrets: Sequence[str], *, pair: str = "") -> str:
    """Replace secrets and parts of them.

    Args:
        text: What is to be shown, of some thousands of characters.
        secrets: Passwords and tokens.
        pair: User and password as Basic joins them.

    >>> hide_secrets("token=abc%2fdef%3d&x", ["abc/def="])
    'token=***&x'
    """
    once = [form for secret in secrets for form in _list_forms(secret)]
    forms = [form for one in once for form in (one, quote(one, safe=""), html.escape(one))]
    hidden = _hide(text, [*forms, *(_list_base64(pair) if pair else ())])
    # Forms within forms, and mixtures of them.
    plain = _fold(_decode(hidden))
    return _UNTOLD if _hide(plain, secrets) != plain else hidden


def _hide(text: str, forms: Iterable[str]) -> str:
    folded, parts = _fold(text), {part for form in forms for part in _list_parts(_fold(form))}
    marked = [False] * len(text)
    for length in {len(part) for part in parts}:
        for start in range(len(text) - length + 1):
            if folded[start : start + length] in parts:
                marked[start : start + length] = [True] * length
    shown = "".join(_MARK if is_marked else char for char, is_marked in zip(text, marked, strict=True))
    return re.sub(f"{_MARK}+", _HIDDEN, shown) if any(marked) else text


def _fold(text: str) -> str:
    """Make letters small; the text keeps its length."""
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _list_parts(form: str) -> Iterator[str]:
    length = min(len(form), _PART)
    for start in range(len(form) - length + 1 if length else 0):
        yield form[start : start + length]


def _list_forms(secret: str) -> Iterator[str]:
    data = secret.encode()
    yield from (secret, data.decode("latin-1"), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret), "".join(f"%{byte:02x}" for byte in data))
    yield from (html.escape(secret), html.escape(secret).replace("&#x27;", "&#39;"), html.escape(secret, quote=False))
    yield from ("".join(f"&#{ord(char)};" for char in secret), "".join(f"&#x{ord(char):x};" for char in secret), data.hex())
    yield from _list_base64(secret)


def _list_base64(secret: str) -> Iterator[str]:
    """Write a secret in Base64, alone and as what other bytes around it do not change."""
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(data).decode()
        yield from (whole, whole.rstrip("="), quote(whole, safe=""))
        for shift in range(3):
            first = -(-shift * 8 // 6)
            last = (shift + len(data)) * 8 // 6
            inner = encode(b"x" * shift + data).decode()[first:last]
            if len(inner) >= _PART:
                yield inner


def _decode(text: str) -> str:
    for _ in range(3):
        text = html.unescape(unquote_plus(text, errors="replace"))
    return text
