"""What rows say that mitigations were taken from: names → the mitigations that have them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from airm_graph.merge.attest import attest
from airm_graph.model import Attested, Evidence, Finding, Mitigation, Records
from airm_graph.namespaces import BASE
from airm_graph.rules import make_finding

__all__ = ["find_originals"]

#: Names → keys of the mitigations that have them as identifier.
FindKeys = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]


def find_originals(records: Records, *, find_others: FindKeys | None = None) -> Records:
    """Find the mitigations that rows name as what others were taken from.

    A name is an identifier that one other mitigation of the whole input has, or an IRI. What names
    none, or several, is a finding at its cell, and nothing is stated.

    Args:
        records: All but independent rows.
        find_others: Looks identifiers up among independent rows, where there are any.
    """
    names = sorted({said.value for mitigation in records.mitigations for said in mitigation.taken_from})
    if not names:
        return records
    keys: dict[str, set[str]] = {name: set(found) for name, found in (find_others(names) if find_others else {}).items()}
    for mitigation in records.mitigations:
        keys.setdefault(f"{BASE}{mitigation.key}", set()).add(mitigation.key)
        for said in mitigation.identifiers:
            keys.setdefault(said.value, set()).add(mitigation.key)
    files = {capture.sha256: capture.file_names[0] for capture in records.captures}
    found: list[Mitigation] = []
    lost: list[Finding] = []
    for mitigation in records.mitigations:
        originals: list[tuple[str, Evidence]] = []
        for said in mitigation.taken_from:
            others = sorted(keys.get(said.value, set()) - {mitigation.key})
            if len(others) == 1:
                originals += [(others[0], cell) for cell in said.evidence]
            else:
                lost.append(_say_lost(said, len(others), files))
        found.append(replace(mitigation, derived_from=attest(originals)) if originals else mitigation)
    return replace(records, mitigations=tuple(found), findings=(*records.findings, *lost))


def _say_lost(said: Attested, count: int, files: Mapping[str, str]) -> Finding:
    what = f"names {count} mitigations" if count else "names no other mitigation of the input"
    cell = said.evidence[0]
    return make_finding("MRG-14", f"{said.value!r} {what}; nothing is stated", cell.locate(files[cell.capture]))
