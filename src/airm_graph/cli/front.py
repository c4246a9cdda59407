"""Version and help of the command line without click, whose import takes three times as long as Python itself.

The text is that of click, which a test holds; where click would lay it out in another way (a narrow terminal), it is asked.
"""

import os
import sys

from airm_graph.version import VERSION

__all__ = ["COMMANDS", "EPILOG", "HELP", "SHOWS_VERSION", "answer"]

HELP = "Knowledge graph of AI risk mitigations: build, validate, query and export it."
SHOWS_VERSION = "Show the version and exit."
COMMANDS = {
    "build": "Build the graph from captured pages and tables and write it.",
    "explain": "Explain a rule: why, what fails, what passes, how to mend.",
    "export": "Write a graph in one format to standard output.",
    "fix": "Repair tables and side-cars where only one repair is possible.",
    "info": "Show what a graph or a capture holds.",
    "map": "Propose which column of a table is what.",
    "migrate": "Propose codes of another edition, take over decisions.",
    "push": "Bring a release into a triple store and prove that it is there.",
    "query": "List, show and run the queries of the library.",
    "search": "Search names, descriptions, reasons and titles.",
    "serve": "Serve a graph over HTTP.",
    "sssom": "Write a table of mappings as Turtle, or in its canonical form.",
    "validate": "Say what is wrong with captures or RDF, and where.",
    "watch": "Build again whenever an input changes.",
}
EPILOG = """\
Examples:
  airm-graph build captures/ -o dist
  airm-graph query run mitigations-by-code code=1.1 --data dist
  airm-graph validate captures/

Exit codes: 0 yes, 1 the answer is no (violations), 2 usage or unreadable input, 3 internal error."""
_LEAST = 80
_MOST = 100


def answer(arguments: "list[str]") -> str | None:
    """Answer what asks for the version or the help of the program and nothing else; None for everything else."""
    if arguments == ["--version"]:
        return f"airm-graph {VERSION}\nThe data it reads is preliminary: please do not share or cite.\n"
    columns = _count_columns()
    return _write_help(min(columns, _MOST) - 2) if arguments in (["--help"], ["-h"]) and columns >= _LEAST else None


def _write_help(width: int) -> str:
    name = max(map(len, COMMANDS))
    parts = [
        ["Usage: airm-graph [OPTIONS] COMMAND [ARGS]..."],
        _wrap(HELP, width=width - 2),
        ["Options:", f"  --version   {SHOWS_VERSION}", "  -h, --help  Show this message and exit."],
        ["Commands:", *(f"  {command:<{name}}  {text}" for command, text in COMMANDS.items())],
        *([f"  {line}" for line in part.splitlines()] for part in EPILOG.split("\n\n")),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _wrap(text: str, *, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [f"  {line}" for line in lines]


def _count_columns() -> int:
    """As `shutil.get_terminal_size` does, which brings three decompressors along."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else _LEAST
    except (ValueError, OSError):
        return _LEAST
