"""The site without a server beside a loop that renders a template for each resource over rdflib, from a written release to a folder.

All start from the files of the release, and write for each IRI below the base a page with its Turtle, JSON-LD and N-Triples beside it.
The loop's page has the statements and the links that point at the resource, with labels: far less than ours, which shows evidence, the
outline of the source and related mitigations as well. The thin loop's files have the statements about the resource alone; those of the
other have what ours have: what belongs to the resource, and the labels of what it links to. The answer is how many pages there are.
"""

from pathlib import Path

from child import Watch, Work
from frame import Engine, Job
from generated import generate

from airm_graph.namespaces import BASE

__all__ = ["JOBS"]

_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{ label }}</title></head><body><h1>{{ label }}</h1>
<table>{% for property, value, href in statements %}<tr><th>{{ property }}</th>
<td>{% if href %}<a href="{{ href }}">{{ value }}</a>{% else %}{{ value }}{% endif %}</td></tr>{% endfor %}</table>
<ul>{% for label, href in incoming %}<li><a href="{{ href }}">{{ label }}</a></li>{% endfor %}</ul></body></html>"""


def prepare_release(folder: Path, size: int) -> None:
    """Write the release."""
    from airm_graph.pipeline import Graph

    Graph.of(generate(size)).write(folder / "dist")


def prepare_ours(folder: Path, size: int) -> Work:  # noqa: ARG001 - that of the frame
    """Our site, by as many processes as there are processors."""
    from airm_graph.site import build_site

    def work(_: Watch) -> object:
        build_site(folder / "dist", folder / "ours")
        return lambda: list_resources(folder / "dist", folder / "ours")

    return work


def prepare_loop(folder: Path, size: int, data: str = "whole") -> Work:  # noqa: ARG001 - that of the frame
    """A template for each resource, filled from an rdflib graph."""
    import jinja2
    import rdflib
    from rdflib.namespace import DCTERMS, RDFS, SKOS

    labels = (RDFS.label, SKOS.prefLabel, DCTERMS.title)
    owned = {rdflib.URIRef(f"{BASE}ontology#{name}") for name in ("classification", "evidence", "repair")}

    def describe(graph: rdflib.Graph, subject: rdflib.term.Node) -> rdflib.Graph:
        """The statements about a resource and what belongs to it, and the labels of what they link to."""
        found, waiting, seen = rdflib.Graph(), [subject], {subject}
        while waiting:
            for triple in graph.triples((waiting.pop(), None, None)):
                found.add(triple)
                if triple[1] in owned and triple[2] not in seen:
                    seen.add(triple[2])
                    waiting.append(triple[2])
        for other in {value for value in found.objects() if isinstance(value, rdflib.URIRef)} - seen:
            for label in labels:
                for triple in graph.triples((other, label, None)):
                    found.add(triple)
        return found

    def work(_: Watch) -> object:
        graph = rdflib.Graph().parse(folder / "dist" / "airm.nt", format="nt")
        template = jinja2.Environment(autoescape=True).from_string(_PAGE)

        def name(term: rdflib.term.Node) -> str:
            return str(next((value for kind in labels for value in graph.objects(term, kind)), term))

        for subject in sorted(set(graph.subjects())):
            path = folder / "loop" / subject.removeprefix(BASE)
            statements = []
            for _, predicate, value in graph.triples((subject, None, None)):
                is_link = isinstance(value, rdflib.URIRef)
                statements.append((name(predicate), name(value) if is_link else str(value), str(value) if is_link else ""))
            incoming = [(name(source), str(source)) for source in graph.subjects(None, subject)]
            described = describe(graph, subject) if data == "whole" else rdflib.Graph()
            for triple in () if data == "whole" else graph.triples((subject, None, None)):
                described.add(triple)
            path.mkdir(parents=True, exist_ok=True)
            page = template.render(label=name(subject), statements=sorted(statements), incoming=sorted(incoming))
            (path / "index.html").write_text(page, encoding="utf-8")
            for suffix, form in (("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt")):
                described.serialize(path.with_name(f"{path.name}.{suffix}"), format=form)
        return lambda: list_resources(folder / "dist", folder / "loop")

    return work


def list_resources(release: Path, site: Path) -> int:
    """Count the subjects of a release that have a page with its data in a site."""
    lines = (release / "airm.nt").read_text(encoding="utf-8").splitlines()
    paths = {line.partition("> ")[0].removeprefix(f"<{BASE}") for line in lines if "/dataset/" not in line.partition("> ")[0]}
    return sum(
        (site / path / "index.html").is_file() and (site / f"{path}.ttl").is_file() for path in paths if not path.startswith("dataset/")
    )


JOBS = (
    Job(
        name="site",
        title="A site without a server: a page and three files of data for each resource",
        about="From the files of a release to the folder.",
        engines=(
            Engine("airm-graph", "static_site:prepare_ours", packages=("airm-graph",)),
            Engine("Jinja over rdflib", "static_site:prepare_loop", packages=("rdflib", "Jinja2"), most=3000),
            Engine("Jinja over rdflib, thin", "static_site:prepare_loop", options=("thin",), packages=("rdflib", "Jinja2"), most=3000),
        ),
        prepare=prepare_release,
    ),
)
