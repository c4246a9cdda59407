"""Write the page of a resource as Markdown, from what the page shows."""

from collections.abc import Iterable, Mapping, Sequence

from airm_graph.analysis.term_names import escape_markdown
from airm_graph.query.answers import split_term
from airm_graph.serve.resource_description import Pair
from airm_graph.site.page_markdown import fence
from airm_graph.site.related import Entry, Related, Term
from airm_graph.site.resource_view import ResourceView

__all__ = ["resource_markdown"]

_FORMATS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples"}


def resource_markdown(
    view: ResourceView,
    *,
    siblings: Mapping[str, tuple[str, Sequence[tuple[str, str]]]],
    related: Sequence[Related],
    terms: Sequence[Term],
    outline: Sequence[Entry],
) -> str:
    """Write what is said of a resource and of its parts, captured lines, what stands beside it, and
    what leads to it, as Markdown. Texts are escaped, so that nothing in them is followed.

    Args:
        view: The resource.
        siblings, related, terms, outline: As the templates take them.
    """
    resource, site = view.resource, view.site
    lines = [f"# {escape_markdown(view.name)}", "", f"> {escape_markdown(site.info.notice)}", ""]
    kinds = ", ".join(_link(view, iri) for iri in resource.types) or view.kind
    lines += [f"{kinds} · `{resource.iri}`", ""]
    data = [f"[{label}]({address})" for suffix, label in _FORMATS.items() if (address := site.url(f"{view.path}.{suffix}"))]
    lines += [f"As data: {', '.join(data)}", ""] if data else []
    if resource.deprecated:
        lines += [
            f"**Deprecated.** Use instead: {', '.join(_link(view, iri) for iri in resource.replaced_by) or 'nothing replaces it'}.",
            "",
        ]
    lines += ["## Statements", "", *_list_pairs(view, resource.statements)] if resource.statements else []
    captured = [iri for iri in resource.parts if view.texts("airm:capturedText", of=iri)]
    for iri in resource.parts:
        if iri.startswith(f"{resource.iri}/") and iri not in captured:
            lines += ["", f"## {escape_markdown(site.label(iri))}", "", *_list_pairs(view, resource.parts[iri])]
    own = [resource.iri] if view.texts("airm:capturedText") else []
    lines += ["", "## Captured", *(line for iri in (*own, *captured) for line in _quote(view, iri))] if own or captured else []
    for parent, (label, beside) in siblings.items():
        lines += ["", f"## Part of {_link(view, parent, label)}", "", *(f"- {_link(view, iri, name)}" for iri, name in beside)]
    for found in related:
        lines += ["", f"## Also under {_link(view, found.iri)} ({found.total})", ""]
        lines += [f"- {_link(view, hit.iri, hit.name)}" for hit in found.hits]
    for one in terms:
        lines += ["", f"## {escape_markdown(one.label)}", "", *_list_pairs(view, one.statements)]
    lines += (
        ["", "## Outline", "", *(f"{'  ' * entry.level}- {_link(view, entry.iri, entry.label)}" for entry in outline)] if outline else []
    )
    if resource.incoming:
        lines += ["", f"## Linked from ({resource.incoming_count})", ""]
        lines += [f"- {_link(view, subject)} ({escape_markdown(site.shorten(predicate))})" for predicate, subject in resource.incoming]
    lines += ["", "## Stated in", "", *(f"- {_link(view, iri)}" for iri in resource.graphs)] if resource.graphs else []
    return "\n".join(lines) + "\n"


def _link(view: ResourceView, iri: str, text: str = "") -> str:
    said, address = escape_markdown(text or view.code_name(iri)), view.site.href(iri)
    return f"[{said}]({address.replace(' ', '%20').replace(')', '%29')})" if address else said


def _list_pairs(view: ResourceView, pairs: Iterable[Pair]) -> list[str]:
    return [f"- {escape_markdown(view.site.shorten(predicate))}: {_show(view, value)}" for predicate, value in pairs]


def _show(view: ResourceView, value: str) -> str:
    kind, text, _, language = split_term(value)
    return _link(view, text) if kind == "uri" else f"{escape_markdown(text)}{f' ({language})' if language else ''}"


def _quote(view: ResourceView, evidence: str) -> list[str]:
    """Write captured lines as code, with where they stand, the digest of the file, and repairs."""
    of = None if evidence == view.iri else evidence
    text, digest = view.text("airm:capturedText", of=of), view.digest_of(evidence)
    lines = ["", f"### {_link(view, evidence)}", "", fence(text)]
    lines += ["", f"In the file with the SHA-256 `{digest}`"] if digest else []
    for repair in view.links("airm:repair", of=of):
        rule, before, after = (escape_markdown(view.text(f"airm:{name}", of=repair)) for name in ("rule", "before", "after"))
        lines.append(f"- {_link(view, repair)}: {rule}, “{before}” became “{after}”")
    return lines
