"""What a page says of its own mitigation: definition, "Also in", description and reasoning."""

from collections.abc import Sequence

from airm_graph.ingest.captures.authors import is_code_line
from airm_graph.ingest.captures.codes import is_name_like
from airm_graph.ingest.captures.head import ALSO_IN
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.ingest.captures.sidecar import Sidecar
from airm_graph.model import Finding, OwnEntry, Text
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import fingerprint

__all__ = ["read_own"]


def read_own(script: Script, body: Sequence[Fragment], sidecar: Sidecar, findings: list[Finding]) -> tuple[OwnEntry | None, int]:
    """Read definition, "Also in", description and reasoning; returns them and the index behind
    them.
    """
    if not body:
        findings.append(script.finding("CAP-06", "the page ends before the definition of its code", None))
        return None, 0
    has_definition = not body[0].text.startswith(ALSO_IN) and not body[0].is_reasoning
    at = 1 if has_definition else 0
    also_in = body[at].text.removeprefix(ALSO_IN) if at < len(body) and body[at].text.startswith(ALSO_IN) else None
    code = _resolve_code(script, body[0] if has_definition else None, also_in, body[at - 1 if also_in is None else at], findings)
    at += also_in is not None
    begin, description, reasoning = _read_reasoning(script, body, at, findings)
    evidence = script.evidence(body[0].line, body[max(begin, 1) - 1].line)
    name = Text(sidecar.name, sidecar.name) if sidecar.name else None
    reason_evidence = script.evidence(body[begin - 2].line, body[begin - 1].line) if reasoning else None
    return OwnEntry(evidence, sidecar.identifier, name, code, also_in, description, reasoning, reason_evidence), begin


def _resolve_code(script: Script, definition: Fragment | None, also_in: str | None, at: Fragment, findings: list[Finding]) -> str | None:
    taxonomy = load_taxonomy()
    if definition is None:
        findings.append(script.finding("CAP-06", "the definition of the page's code is missing", at.line))
        return None
    print_ = fingerprint(definition.text)
    code = taxonomy.fingerprints.get(print_)
    parent = taxonomy.labels().get(also_in, ()) if also_in else ()
    if also_in and not parent:
        findings.append(script.finding("CAP-07", f"no code has the label {also_in!r}", at.line))
    if code is None:
        branch = taxonomy.branches.get(print_)
        if branch:
            hint = f"it belongs to {' or '.join(branch)}, which of them is not known"
        else:
            hint = f"its parent is {' or '.join(parent)} by 'Also in'" if parent else "nothing else says which it is"
        findings.append(
            script.finding("CAP-06", f"the definition (fingerprint {print_}) is that of no known code; {hint}", definition.line)
        )
        return None
    _check_parent(script, code, also_in, at, findings)
    return code


def _check_parent(script: Script, code: str, also_in: str | None, at: Fragment, findings: list[Finding]) -> None:
    codes = load_taxonomy().codes
    parent = codes[code].parent
    # 99.9 stands below 99 and yet prints no "Also in": both are called "Other".
    label = codes[parent].label if parent and parent != "99" else None
    if also_in is None and label is not None:
        findings.append(script.finding("CAP-22", f"'Also in {label}' is missing for code {code}", at.line))
    elif also_in is not None and also_in != label and also_in in load_taxonomy().labels():
        expected = f"{label!r}, the label of {parent}" if label else "nothing, for it has no parent"
        findings.append(
            script.finding(
                "CAP-07", f"'Also in {also_in}' contradicts the definition, which is that of {code}: expected {expected}", at.line
            )
        )


def _read_reasoning(script: Script, body: Sequence[Fragment], at: int, findings: list[Finding]) -> tuple[int, Text | None, Text | None]:
    """Returns the index behind the reasoning, the description before it, and the reason."""
    stop = next((index for index in range(at, len(body)) if is_code_line(body[index])), len(body))
    marker = next((index for index in range(at, stop) if body[index].is_reasoning), None)
    if marker is None:
        line = body[min(at, len(body) - 1)].line
        findings.append(script.finding("CAP-08", "the page gives no reason for its code", line))
        # Without the marker only prose can be told from what follows: a heading or the name of an
        # item.
        end = next((index for index in range(at, stop) if is_name_like(body[index].text)), at)
        return end, script.prose(body[at:end], findings), None
    description = script.prose(body[at:marker], findings)
    if marker + 1 >= stop:
        findings.append(script.finding("CAP-08", "no reason stands below 'Reasoning'", body[marker].line))
        return marker + 1, description, None
    return marker + 2, description, script.prose(body[marker + 1 : marker + 2], findings)
