"""Bytes of a capture → its lines. Refuses what is no page text, and says at which line."""

import hashlib
import re

from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location
from airm_graph.rules import make_finding

__all__ = ["MAX_BYTES", "Decoded", "decode_capture"]

#: The largest of about 150 pages seen had 40 kB; a thousand times that is no page.
MAX_BYTES = 40_000_000
#: The longest line seen (an author line) had 4,000 characters.
_MAX_LINE = 200_000

_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(r"\s*<(?:!doctype|html|\?xml|head|body)\b", re.IGNORECASE)
# What XML 1.0 forbids (RDF/XML could not quote the line), and DEL.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@frozen
class Decoded:
    """Lines without their ends, and the SHA-256 of the text in its normal form; or the finding that
    says why not.
    """

    lines: tuple[str, ...]
    sha256: str
    finding: Finding | None = None


def decode_capture(data: bytes, *, file: str) -> Decoded:
    r"""Decode a capture; line ends (LF, CRLF, CR) and a byte-order mark make no difference.

    Args:
        data: The whole file, or its first ``MAX_BYTES + 1`` bytes.
        file: Name for findings.

    Returns:
        Its lines, or a finding of rule CAP-01 to CAP-04 with file and, where there is one, line.

    >>> decode_capture(b"\xef\xbb\xbfone\r\ntwo\r\n", file="a.txt").lines
    ('one', 'two')
    """
    plain = data.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    finding = _refuse_bytes(data, plain, file)
    if finding is not None:
        return Decoded((), "", finding)
    text = plain.decode("utf-8")
    lines = tuple(text.removesuffix("\n").split("\n"))
    return Decoded(lines, hashlib.sha256(plain).hexdigest(), _refuse_text(text, lines, file))


def _refuse_bytes(data: bytes, plain: bytes, file: str) -> Finding | None:
    if not plain.strip():
        return make_finding("CAP-02", "the file is empty", Location(file))
    if data.startswith(_UTF16):
        return make_finding("CAP-01", "the file is UTF-16, not UTF-8", Location(file, 1, 1))
    if b"\x00" in plain:
        return make_finding("CAP-01", "the file is binary: it holds a NUL byte", _find_location(file, plain, plain.index(b"\x00")))
    long = _find_long_line(plain)
    if long is not None:
        line, length = long
        size = f"at least {length:,}" if len(data) > MAX_BYTES else f"{length:,}"
        return make_finding("CAP-04", f"a line of {size} bytes is no paragraph of a page", Location(file, line, line))
    if len(data) > MAX_BYTES:
        return make_finding("CAP-04", f"the file has more than {MAX_BYTES:,} bytes", Location(file))
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = plain[error.start]
        return make_finding(
            "CAP-01", f"the file is not UTF-8: byte 0x{byte:02X} (Latin-1 or Windows-1252?)", _find_location(file, plain, error.start)
        )
    return None


def _refuse_text(text: str, lines: tuple[str, ...], file: str) -> Finding | None:
    if _HTML.match(text):
        return make_finding("CAP-03", "the file is HTML or XML, not the text of a page", Location(file, 1, 1, lines[0][:200]))
    for number, line in enumerate(lines, 1):
        found = _CONTROL.search(line)
        if found:
            code = ord(found.group())
            return make_finding(
                "CAP-01", f"the file holds control character U+{code:04X}: it is not plain text", Location(file, number, number, line[:200])
            )
    return None


def _find_long_line(plain: bytes) -> tuple[int, int] | None:
    if len(plain) <= _MAX_LINE:
        return None
    for number, line in enumerate(plain.split(b"\n"), 1):
        if len(line) > _MAX_LINE:
            return number, len(line)
    return None


def _find_location(file: str, plain: bytes, offset: int) -> Location:
    line = plain.count(b"\n", 0, offset) + 1
    raw = plain.split(b"\n", line)[line - 1][:200]
    return Location(file, line, line, raw.replace(b"\x00", b"").decode("utf-8", "replace"))
