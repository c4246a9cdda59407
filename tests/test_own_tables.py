"""Tables of one's own: nothing is stated that they do not say, and what is left out is said."""

import hashlib
from pathlib import Path

import airm_graph
from airm_graph.namespaces import iri, term

# Headers of the first edition's tables, with rows of nobody.
HEAD = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
SOURCES = "ID,Title,Authors,URL,Date,Abstract\ns1,A Made-up Handbook,Ann Lee,,2025,\n"
ROW = "A1,Red teaming,People try to break it.,s1,3.1,,who@example.org,\n"


def write(folder: Path, **files: str) -> Path:
    """Write files; the name of each says its suffix behind two underscores."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def objects(graph: airm_graph.Graph, predicate: str) -> set[str]:
    """What a property says in the graphs of captures."""
    return {o for _, p, o, g in graph.asserted if p == term(predicate) and "/capture/" in g}


# Rights.


def test_headers_alone_say_nothing_of_licence_address_and_agent(tmp_path: Path) -> None:
    graph = airm_graph.build([write(tmp_path / "in", mitigations__csv=HEAD + ROW, sources__csv=SOURCES)])
    assert not objects(graph, "dcterms:license")
    assert objects(graph, "dcterms:rights") == {iri("notice/preliminary")}
    assert all("by the names of the columns; licence, address and agents are not taken" in table.mapping for table in graph.tables)


def test_mapping_says_whose_licence_and_agents_these_are_by_the_digest_of_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", mitigations__csv=HEAD + ROW, sources__csv=SOURCES)
    digest = hashlib.sha256((HEAD + ROW).encode()).hexdigest()
    rights = "licence: https://example.org/licence\norigin: https://example.org/from\nagents: {who@example.org: Example Institute}\n"
    columns = "identifier: ID, name: Name, description: Description, source: Source ID, code: Code, agent: Classified by"
    tables = (
        f"tables:\n  mitigations: {{columns: {{{columns}}}}}\n  sources: {{columns: {{identifier: ID, title: Title, authors: Authors}}}}\n"
    )
    write(folder, mapping__yaml=f"edition: v2\n{rights}files: [{digest}]\n{tables}")
    known = airm_graph.build([folder])
    assert "<https://example.org/licence>" in objects(known, "dcterms:license")
    assert objects(known, "prov:wasAttributedTo") == {iri("agent/example-institute")}
    assert {table.mapping for table in known.tables} == {"mapping.yaml beside the table"}
    write(folder, mitigations__csv=HEAD + ROW.replace("A1", "A2"))
    other = airm_graph.build([folder])
    assert not objects(other, "dcterms:license") | objects(other, "dcterms:source") & {"<https://example.org/from>"}
    assert not [one for one in objects(other, "prov:wasAttributedTo") if "institute" in one]
