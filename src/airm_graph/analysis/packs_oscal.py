"""A pack as a catalog of controls, with a profile that imports it.

The bytes are canonical JSON: texts, lists and objects with names in ASCII, which the standard
library writes as RFC 8785 asks.

Source:
    OSCAL 1.1.3, models catalog and profile; RFC 8785; RFC 9562, section 5.5 (UUID version 5).
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from airm_graph.analysis.packs import Code, Item, Pack, Reference, make_token
from airm_graph.analysis.term_names import escape_markdown
from airm_graph.errors import ExportError
from airm_graph.notice import NOTICE

__all__ = ["CATALOG_FILE", "oscal_catalog", "oscal_profile"]

#: Where the profile looks for the catalog: beside it.
CATALOG_FILE = "oscal-catalog.json"
_VERSION = "1.1.3"


def oscal_catalog(pack: Pack) -> str:
    """Write a catalog: a group for each code at the top, a control for each mitigation, a resource
    for each source.

    Raises:
        ExportError: Nothing says when the data was modified.
    """
    groups = [_write_group(top, items, pack) for top, items in pack.groups]
    catalog = {"uuid": _make_uuid(f"{pack.iri}#catalog"), "metadata": _write_metadata(pack), "groups": groups}
    if resources := [_write_resource(source) for source in pack.sources]:
        catalog["back-matter"] = {"resources": resources}
    return _write_json({"catalog": catalog})


def oscal_profile(pack: Pack) -> str:
    """Write a profile that imports every control of the catalog beside it.

    Raises:
        ExportError: As for `oscal_catalog`.
    """
    chosen = {"href": CATALOG_FILE, "include-controls": [{"with-ids": [pack.names[item.iri] for item in pack.items]}]}
    profile = {"uuid": _make_uuid(f"{pack.iri}#profile"), "metadata": _write_metadata(pack), "imports": [chosen], "merge": {"as-is": True}}
    return _write_json({"profile": profile})


def _write_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _make_uuid(iri: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, iri))


def _write_metadata(pack: Pack) -> dict[str, Any]:
    if not pack.modified:
        what = "OSCAL asks when data was modified, and nothing of this pack has a day"
        raise ExportError(f"{what}; set SOURCE_DATE_EPOCH, or choose other formats")
    return {
        "title": escape_markdown(pack.title),
        "last-modified": f"{pack.modified}T00:00:00Z",
        "version": pack.iri.rpartition("/")[2],
        "oscal-version": _VERSION,
        "links": [{"href": pack.iri, "rel": "canonical"}],
        "remarks": NOTICE,
    }


def _write_group(top: Code | None, items: Sequence[Item], pack: Pack) -> dict[str, Any]:
    controls = [_write_control(item, pack.names[item.iri], f"{pack.base}ontology") for item in items]
    if top is None:
        return {"id": "no-code", "title": "No code stated", "controls": controls}
    name = make_token(f"{top.edition}-{top.notation}" if top.notation else top.iri)
    return {
        "id": name,
        "class": "code",
        "title": escape_markdown(str(top)),
        "links": [{"href": top.iri, "rel": "canonical"}],
        "controls": controls,
    }


def _write_control(item: Item, name: str, space: str) -> dict[str, Any]:
    control: dict[str, Any] = {"id": name, "class": "mitigation", "title": escape_markdown(item.title)}
    if props := [{"name": kind, "ns": space, "value": value} for kind, text in _list_props(item) if (value := _join_lines(text))]:
        control["props"] = props
    links = [{"href": item.iri, "rel": "canonical"}]
    links += [{"href": one.code.iri, "rel": "code", "text": escape_markdown(str(one.code))} for one in item.codes]
    links += [{"href": f"#{_make_uuid(source.iri)}", "rel": "reference"} for source in item.sources]
    parts = {"statement": item.descriptions, "guidance": tuple(item.explain_codes())}
    written = [
        {"id": f"{name}_{kind[:3]}", "name": kind, "prose": "\n\n".join(map(escape_markdown, texts))}
        for kind, texts in parts.items()
        if texts
    ]
    return {**control, "links": links, **({"parts": written} if written else {})}


def _list_props(item: Item) -> Iterator[tuple[str, str]]:
    yield from (("identifier", one) for one in item.identifiers)
    for kind, labels in item.roles.items():
        yield from ((kind, label) for label in labels)
    yield from (("code", str(one.code)) for one in item.codes)
    yield from (("evidence", where) for where in item.evidence)


def _write_resource(source: Reference) -> dict[str, Any]:
    resource: dict[str, Any] = {"uuid": _make_uuid(source.iri), "citation": {"text": escape_markdown(str(source))}}
    if source.title:
        resource["title"] = escape_markdown(source.title)
    return {**resource, "rlinks": [{"href": href} for href in (source.iri, *source.links)]}


def _join_lines(text: str) -> str:
    return " ".join(text.split())
