"""A pack as a library for CISO Assistant: a framework with a requirement to assess for each
mitigation, below the code at the top.

Source:
    CISO Assistant, backend/core/models.py (`StoredLibrary`), backend/library/utils.py
    (`FrameworkImporter`) and tools/README.md, as of 2026: fields, characters of URNs, lengths.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from airm_graph.analysis.packs import Item, Pack, make_token
from airm_graph.errors import ExportError
from airm_graph.notice import NOTICE

__all__ = ["ciso_library"]

_LONGEST = 200  # characters of a name


def ciso_library(pack: Pack) -> str:
    """Write a library as YAML.

    Its URN is that of the selection and its version the day, so a later pack of the same selection
    updates it.

    Raises:
        ExportError: Nothing says when the data was modified.
    """
    import yaml

    if not pack.modified:
        what = "a library has a version, made of the day of the data, and nothing of this pack has one"
        raise ExportError(f"{what}; set SOURCE_DATE_EPOCH, or choose other formats")
    values = "_".join(f"{name}-{value.rstrip('/').rpartition('/')[2]}" for name, value in pack.given.items())
    name = make_token(f"airm_{values or 'all'}").lower()
    about = {"ref_id": name, "name": _cut(pack.title), "description": f"{pack.title}. {NOTICE}"}
    framework = {"urn": f"urn:airm-graph:risk:framework:{name}", **about, "requirement_nodes": list(_list_nodes(pack, name))}
    library = {
        "urn": f"urn:airm-graph:risk:library:{name}",
        "locale": "en",
        **about,
        "copyright": f"Texts are those of the sources that each requirement names. {NOTICE}",
        "version": int(pack.modified.replace("-", "")),
        "publication_date": pack.modified,
        "provider": "airm-graph",
        "packager": "airm-graph",
        "objects": {"framework": framework},
    }
    return f"# {NOTICE}\n{yaml.safe_dump(library, allow_unicode=True, sort_keys=False, width=120)}"


def _list_nodes(pack: Pack, name: str) -> Iterator[dict[str, Any]]:
    space = f"urn:airm-graph:risk:req_node:{name}"
    for top, items in pack.groups:
        group = make_token(f"{top.edition}-{top.notation or top.iri}") if top else "no-code"
        above = {"urn": f"{space}:code:{group.lower()}", "assessable": False, "depth": 1, "ref_id": group}
        yield {**above, "name": _cut(str(top)) if top else "No code stated"}
        for item in items:
            yield _write_requirement(item, f"{space}:{pack.names[item.iri].lower()}", above["urn"], pack.names)


def _write_requirement(item: Item, urn: str, parent: object, names: Mapping[str, str]) -> dict[str, Any]:
    node = {"urn": urn, "assessable": True, "depth": 2, "parent_urn": parent, "ref_id": names[item.iri], "name": _cut(item.title)}
    if item.descriptions:
        node["description"] = "\n\n".join(item.descriptions)
    return {**node, "annotation": "\n".join(_annotate(item))}


def _annotate(item: Item) -> Iterator[str]:
    if len(item.title) > _LONGEST:
        yield f"Name: {item.title}"
    for kind, labels in item.roles.items():
        if labels:
            yield f"{kind.capitalize()}: {', '.join(labels)}"
    yield from (f"Code: {line}" for line in item.explain_codes())
    yield from (f"Source: {source}" for source in item.sources)
    yield f"Evidence: {'; '.join(item.evidence) or 'none stated'}"
    yield item.iri


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
