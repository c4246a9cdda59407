"""The lines of a table of mappings: text by text, the block of metadata taken off and read.

Source:
    SSSOM/TSV, https://mapping-commons.github.io/sssom/
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import yaml

__all__ = ["MAX_LINE", "MAX_METADATA", "Lines", "UnreadableLineError", "compose"]

#: No line of a table and no block of metadata is longer; what is, was not written by people or
#: tools for mappings.
MAX_LINE = 1_000_000
MAX_METADATA = 1_000_000
#: What a blank row of a spreadsheet holds.
_PADDING = "\t ,"


class UnreadableLineError(Exception):
    """Nothing behind this place can be read."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what, self.line = what, line


class _CarriageReturns(io.RawIOBase):
    """A stream whose lines end with CR, read as if they ended with LF."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self._first, self._stream = io.BytesIO(first), stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._first.read(len(buffer)) or self._stream.read(len(buffer))
        buffer[: len(data)] = data.replace(b"\r", b"\n")
        return len(data)


class Lines:
    """The lines of a stream as text, numbered; the block of metadata at its head is taken off
    first.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.number, self.had_mark = stream, 0, False
        # A file whose first line goes on behind a CR ends its lines with that alone.
        self._first = stream.readline(MAX_LINE + 1)
        if b"\r" in self._first.rstrip(b"\r\n"):
            self._stream = io.BufferedReader(_CarriageReturns(self._first, stream))
            self._first = self._stream.readline(MAX_LINE + 1)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw, self._first = self._first or self._stream.readline(MAX_LINE + 1), b""
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > MAX_LINE:
            raise UnreadableLineError(f"the line has more than {MAX_LINE:,} bytes", self.number)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableLineError(f"the line is not UTF-8 (byte {error.start + 1})", self.number) from error

    def split_head(self) -> tuple[list[str], str]:
        """The lines of the metadata without their signs, and the header."""
        block: list[str] = []
        size = 0
        for line in self:
            text = line.rstrip("\r\n")
            if self.number == 1 and text.startswith("\ufeff"):
                self.had_mark, text = True, text[1:]
            if text.startswith('"#'):  # a spreadsheet quotes a line with a comma in it
                text = next(csv.reader([text], delimiter="\t" if "\t" in text else ","))[0]
            if not text.strip(_PADDING):
                continue
            if not text.startswith("#"):
                is_of_commas = "\t" not in text
                return _dedent([_unpad(line, commas=is_of_commas) for line in block]), text
            block.append(text[1:])
            size += len(text)
            if size > MAX_METADATA:
                raise UnreadableLineError(f"the metadata have more than {MAX_METADATA:,} characters", self.number)
        return _dedent([_unpad(line, commas=False) for line in block]), ""


def _unpad(line: str, *, commas: bool) -> str:
    """Take off what a spreadsheet adds to a line so that it is as wide as the table."""
    return line.rstrip(_PADDING if commas else "\t ")


def _dedent(block: list[str]) -> list[str]:
    indent = min((len(line) - len(line.lstrip(" ")) for line in block if line.strip()), default=0)
    return [line[indent:] for line in block]


def compose(block: Sequence[str]) -> Any:
    """The metadata as nodes, which know their lines; aliases are refused, as the specification
    asks.
    """
    if sum(map(len, block)) > MAX_METADATA:
        raise UnreadableLineError(f"the metadata have more than {MAX_METADATA:,} characters", 1)
    text = "\n".join(block)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise UnreadableLineError("the metadata hold an alias, which SSSOM does not allow", 1)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableLineError(
            f"the metadata are not readable as YAML: {getattr(error, 'problem', None) or error}", mark.line + 1 if mark else 1
        ) from error
    except RecursionError as error:
        raise UnreadableLineError("the metadata are nested too deeply", 1) from error
