"""Bytes of a text → pieces of it, with LF line ends and no byte-order mark, and their digest."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from airm_graph.ingest.formats.rows import MAX_ROW, Pass, UnreadableError

__all__ = ["Lines", "WrongEncodingError", "decode_chunks"]

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: How a file begins that is no text, and what it is.
_OTHER = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "an old or encrypted spreadsheet",
    b"\x1f\x8b": "packed by gzip",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"PAR1": "a Parquet file",
}
_QUOTE = 200  # characters of the line that shows the wrong encoding


class WrongEncodingError(Exception):
    """The text is not in the encoding it was read as.

    Attributes:
        byte: The first one that cannot be.
        line: Where it stands.
        quote: Its line, as far as at hand.
    """

    def __init__(self, byte: int, line: int, quote: bytes) -> None:
        self.byte, self.line, self.quote = byte, line, quote
        super().__init__(f"byte 0x{byte:02X} in line {line}")


def decode_chunks(chunks: Iterable[bytes], out: Pass) -> Iterator[str]:
    r"""Decode a text piece by piece; its digest is in *out* when the last piece is.

    Raises:
        UnreadableError: The file is no text: its first bytes or a NUL character say so.
        WrongEncodingError: It is not in the encoding of *out*, and no byte-order mark says another.

    >>> "".join(decode_chunks([b"\xef\xbb\xbfa\r", b"\nb\r"], Pass("a.csv")))
    'a\nb\n'
    """
    head, chunks = _take_head(iter(chunks))
    for mark, what in _OTHER.items():
        if head.startswith(mark):
            raise UnreadableError(f"the file is {what} under the name of a text")
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig" if out.encoding == "utf-8" else out.encoding
    if encoding == "utf-16":
        out.say("TAB-02", "the file is UTF-16")
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    digest, line = hashlib.sha256(), 1
    for data in chain([head], chunks, [b""]):
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            raise _explain(error, line, after_return=bool(decoder.getstate()[1] & 1)) from error
        if "\0" in text:
            line += text.count("\n", 0, text.index("\0"))
            raise UnreadableError("the file is binary: it holds a NUL byte", line=line)
        line += text.count("\n")
        digest.update(text.encode())
        yield text
    out.sha256 = digest.hexdigest()


def _take_head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Take as many chunks as it takes to see a mark."""
    head = b""
    while len(head) < max(map(len, _OTHER)) and (data := next(chunks, None)):
        head += data
    return head, chunks


def _explain(error: UnicodeDecodeError, line: int, *, after_return: bool) -> WrongEncodingError:
    # A lone return at the end of the piece before is a line end that was not handed out yet.
    before = (b"\r" if after_return else b"") + error.object[: error.start]
    lines = re.split(rb"\r\n|\r|\n", before)
    rest = re.split(rb"[\r\n]", error.object[error.start :], maxsplit=1)[0]
    return WrongEncodingError(error.object[error.start], line + len(lines) - 1, (lines[-1][-_QUOTE // 2 :] + rest)[:_QUOTE])


class Lines:
    r"""The lines of a text, each with its line end; the last one gets one, too.

    Attributes:
        taken: Characters handed out; whoever has made a row of them sets it to 0.

    >>> list(Lines(["a\nb", "c"]))
    ['a\n', 'bc\n']
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self.taken = 0
        self._pieces = pieces

    def __iter__(self) -> Iterator[str]:
        """Yield line after line.

        Raises:
            UnreadableError: A row has more than ``MAX_ROW`` characters.
        """
        rest = ""
        for piece in self._pieces:
            *lines, rest = (rest + piece).split("\n")
            for line in lines:
                yield self._take(line)
            self._check(len(rest))
        yield self._take(rest)

    def _take(self, line: str) -> str:
        self._check(len(line))
        self.taken += len(line) + 1
        return f"{line}\n"

    def _check(self, more: int) -> None:
        if self.taken + more > MAX_ROW:
            raise UnreadableError(f"a row has more than {MAX_ROW:,} characters, or its quotes do not close")
