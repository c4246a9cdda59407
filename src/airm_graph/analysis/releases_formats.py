"""Changes between releases as text, Markdown, JSON and RDF."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence

from airm_graph.analysis.releases import KINDS, Change, Changes
from airm_graph.analysis.term_names import mark_preliminary, show_term, write_turtle
from airm_graph.namespaces import literal, term
from airm_graph.notice import NOTICE
from airm_graph.terms import Quad, read_literal

__all__ = ["changes_json", "changes_markdown", "changes_turtle", "describe_changes"]

_CUT = 100  # characters of a text
_MOST = 50  # changes of a kind in Markdown, which is read beside the change that it tells of


def describe_changes(changes: Changes) -> str:
    """Write changes for people, by kind."""
    lines = [f"{changes.old.name} → {changes.new.name}", _sum_up(changes)]
    for kind, found in _group(changes):
        lines += ["", f"{kind}: {len(found)}"]
        for one in found:
            lines.append(f"  {_printable(_head(one, changes.new.base))}")
            lines += [f"    {_printable(line)}" for line in _values(one, changes)]
    return "\n".join((*lines, "", NOTICE)) + "\n"


def changes_markdown(changes: Changes) -> str:
    """Write changes as Markdown for a pull request; texts of the data stand in code, so that
    nothing in them is followed.
    """
    lines = [f"### {'No change' if changes.is_equal else 'What changed'}", "", f"{_code(changes.old.name)} → {_code(changes.new.name)}"]
    lines += ["", _sum_up(changes)]
    for kind, found in _group(changes):
        lines += ["", f"<details><summary>{kind}: {len(found)}</summary>", ""]
        for one in found[:_MOST]:
            lines.append(f"- {_code(_head(one, changes.new.base))}")
            lines += [f"  - {_code(line)}" for line in _values(one, changes)]
        lines += [*([f"- and {len(found) - _MOST} more"] if len(found) > _MOST else []), "", "</details>"]
    return "\n".join((*lines, "", f"_{NOTICE}_")) + "\n"


def _sum_up(changes: Changes) -> str:
    added, removed = changes.statements
    kinds = ", ".join(f"{number} × {kind}" for kind, number in changes.count().items())
    sums = f"{added} statements added, {removed} removed"
    unknown = "" if changes.knows_findings else "; findings are not compared: a file has none"
    return f"{'equal' if changes.is_equal else kinds or 'nothing of what is told below'}; {sums}{unknown}"


def _group(changes: Changes) -> Iterator[tuple[str, list[Change]]]:
    for kind in KINDS:
        if found := [one for one in changes.changes if one.kind == kind]:
            yield kind, found


def _head(change: Change, base: str) -> str:
    subject = show_term(change.subject, base=base)
    name = f" “{change.name}”" if change.name and not change.kind.startswith("finding") else f" {change.name}" if change.name else ""
    what = show_term(change.what, base=base)
    return f"{subject}{name}{f' ({what})' if what else ''}"


def _values(change: Change, changes: Changes) -> Iterator[str]:
    if change.kind.startswith("finding"):
        return
    for mark, values in (("-", change.old), ("+", change.new)):
        for value in values:
            code = changes.codes.get(value, "")
            yield f"{mark} {_shorten(value, changes.new.base)}{f' “{code}”' if code else ''}"


def _list_values(changes: Changes) -> set[str]:
    return {value for one in changes.changes for value in (one.subject, *one.old, *one.new)}


def _shorten(value: str, base: str) -> str:
    text = read_literal(value).text if value.startswith('"') else show_term(value, base=base)
    return text if len(text) <= _CUT else text[: _CUT - 1] + "…"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _code(text: str) -> str:
    """Write a text as code in Markdown, whatever ticks it holds."""
    fence = "`" * (max((len(ticks) for ticks in re.findall("`+", text)), default=0) + 1)
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{edge}{_printable(text)}{edge}{fence}"


def changes_json(changes: Changes) -> str:
    """Write changes as JSON, with whole values."""
    added, removed = changes.statements
    found = {
        "notice": NOTICE,
        "equal": changes.is_equal,
        "old": {"name": changes.old.name, "triples": len(changes.old.triples), "digest": changes.old.digest},
        "new": {"name": changes.new.name, "triples": len(changes.new.triples), "digest": changes.new.digest},
        "statements": {"added": added, "removed": removed},
        "findings_compared": changes.knows_findings,
        "counts": changes.count(),
        "codes": {code: name for code, name in sorted(changes.codes.items()) if code in _list_values(changes)},
        "changes": [
            {"kind": one.kind, "subject": one.subject, "name": one.name, "what": one.what, "old": list(one.old), "new": list(one.new)}
            for one in changes.changes
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def changes_turtle(changes: Changes) -> str:
    """Write changes as RDF: one resource for each, with what it is about, and values before and
    after.
    """
    return write_turtle(_state(changes), base=changes.new.base)


def _state(changes: Changes) -> Iterator[Quad]:
    base = changes.new.base
    words = f"{base}changes#"
    both = hashlib.sha256(f"{changes.old.digest} {changes.new.digest}".encode()).hexdigest()[:16]
    whole = f"<{base}changes/{both}>"
    yield whole, term("rdf:type"), f"<{words}Comparison>", ""
    yield whole, term("rdfs:label"), literal(_sum_up(changes), language="en"), ""
    yield whole, f"<{words}oldDigest>", literal(changes.old.digest), ""
    yield whole, f"<{words}newDigest>", literal(changes.new.digest), ""
    yield from mark_preliminary(whole, base=base)
    for one in changes.changes:
        text = json.dumps([one.kind, one.subject, one.name, one.what, one.old, one.new], ensure_ascii=False)
        node = f"<{base}changes/{both}/{hashlib.sha256(text.encode()).hexdigest()[:16]}>"
        yield whole, term("dcterms:hasPart"), node, ""
        yield node, term("rdf:type"), f"<{words}{_camel(one.kind)}>", ""
        yield node, term("rdfs:label"), literal(f"{one.kind}: {_head(one, base)}"), ""
        yield from ((node, p, o, "") for p, o in _state_change(one, words))


def _state_change(change: Change, words: str) -> Iterator[tuple[str, str]]:
    is_finding = change.kind.startswith("finding")
    yield (f"<{words}rule>", literal(change.subject)) if is_finding else (term("dcterms:subject"), change.subject)
    if change.what:
        yield f"<{words}what>", literal(change.what)
    for name, values in (("before", change.old), ("after", change.new)):
        yield from ((f"<{words}{name}>", literal(value) if is_finding else value) for value in values)
    if change.kind == "mitigation renamed":
        # Who has the old IRI is led to the new one.
        old, new = (_iris(values) for values in (change.old, change.new))
        yield from ((f"<{words}replaces>", one) for one in old if one not in new)


def _iris(values: Sequence[str]) -> list[str]:
    return [value for value in values if value.startswith("<")]


def _camel(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split())
