"""Write the main part of a page as Markdown, so that programs read what people see.

Texts are escaped, so that nothing in them is followed; captured lines stand in code.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from airm_graph.analysis.term_names import escape_markdown

__all__ = ["fence", "page_markdown"]

_SKIPPED = frozenset({"aside", "button", "form", "footer", "header", "input", "link", "meta", "script", "style", "svg", "title"})
_BLOCKS = frozenset(
    {
        "article",
        "blockquote",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "li",
        "nav",
        "ol",
        "p",
        "section",
        "summary",
        "table",
        "ul",
    }
)
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_QUOTES = {"em": "*", "strong": "**"}


def page_markdown(page: str, *, notice: str) -> str:
    """Write the main part of an HTML page as Markdown, with the notice below its title."""
    writer = _Writer()
    writer.feed(page)
    writer.close()
    title, _, rest = writer.text().partition("\n")
    return f"{title}\n\n> {escape_markdown(notice)}\n\n{rest.strip()}\n"


def fence(text: str) -> str:
    """Write lines as code, whatever ticks they hold."""
    ticks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{ticks}\n{text}\n{ticks}"


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._now: list[str] = []
        self._prefix = ""
        self._depth = 0
        self._skipping = 0
        self._in_main = False
        self._pre: list[str] | None = None
        self._addresses: list[str] = []
        self._row: list[str] | None = None
        self._ends: list[str] = []

    def text(self) -> str:
        """Everything that was written."""
        self._end_block()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "main":
            self._in_main = True
        elif not self._in_main:
            return
        elif self._skipping or tag in _SKIPPED or about.get("aria-hidden") == "true":
            self._skipping += tag not in _VOID
        elif tag == "pre":
            self._end_block()
            self._pre = []
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag in {"td", "th"} and self._row is not None:
            self._now = []
        elif tag == "tr":
            self._end_block()
            self._row = []
        else:
            self._begin_inline(tag, about)

    def _begin_block(self, tag: str) -> None:
        if self._row is not None:
            return
        self._end_block()
        if tag in {"ul", "ol"}:
            self._depth += 1
        elif tag == "table":
            self._lines.append("")
        elif tag == "li":
            self._prefix = f"{'  ' * (self._depth - 1)}- "
        elif tag == "blockquote":
            self._prefix = "> "
        elif tag[0] == "h" and tag[1].isdigit():
            self._prefix = f"\n{'#' * int(tag[1])} "

    def _begin_inline(self, tag: str, about: dict[str, str | None]) -> None:
        if tag == "a":
            self._addresses.append(about.get("href") or "")
            self._now.append("[")
        elif tag == "br":
            self._now.append("; ")
        elif tag == "mark":
            self._ends.append(f" ({escape_markdown(about.get('title') or '')})" if about.get("title") else "")
        self._now.append(_QUOTES.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._end_block()
            self._in_main = False
        elif not self._in_main:
            return
        elif self._skipping:
            self._skipping -= 1
        elif tag == "pre" and self._pre is not None:
            self._lines += ["", fence("".join(self._pre).strip("\n")), ""]
            self._pre = None
        elif tag == "tr" and self._row is not None:
            self._end_row()
        elif tag in {"td", "th"} and self._row is not None:
            self._row.append(self._take())
        elif tag in _BLOCKS:
            self._end_of(tag)
        elif tag == "a" and self._addresses:
            address = self._addresses.pop()
            self._now.append(f"]({address.replace(' ', '%20').replace(')', '%29')})" if self._pre is None else "")
        elif tag == "mark" and self._ends:
            self._now.append(self._ends.pop())
        else:
            self._now.append(_QUOTES.get(tag, ""))

    def _end_of(self, tag: str) -> None:
        if self._row is not None:
            self._now.append(" ")
            return
        if tag == "dt" and self._now:
            self._now = [f"- **{self._take()}**:"]
            self._end_block()
            return
        if tag == "dd":
            self._prefix = "  "
        self._end_block()
        if tag in {"ul", "ol"}:
            self._depth -= 1
        if tag not in {"li", "ul", "ol"} or not self._depth:
            self._lines.append("")

    def _end_row(self) -> None:
        row, self._row = self._row or [], None
        is_first = not self._lines or not self._lines[-1].startswith("|")
        self._lines.append(f"| {' | '.join(row)} |")
        if is_first:
            self._lines.append("|" + " --- |" * len(row))

    def handle_data(self, data: str) -> None:
        if not self._in_main or self._skipping:
            return
        if self._pre is not None:
            self._pre.append(data)
            return
        shown = escape_markdown(data)
        self._now.append(f"{' ' * data[:1].isspace()}{shown}{' ' * data[-1:].isspace()}" if shown else " ")

    def _take(self) -> str:
        text, self._now = " ".join("".join(self._now).split()), []
        return re.sub(r"\[\]\([^)]*\)", "", text)

    def _end_block(self) -> None:
        text = self._take()
        if text:
            self._lines.append(f"{self._prefix}{text}")
        self._prefix = ""
