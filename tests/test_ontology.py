"""The files of ontology/: what they must hold, how they are laid out, and that they agree with the facts and with each other."""

import csv
import io
import json
import re
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD, Namespace

from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.resources import find_resource
from airm_graph.text import fingerprint

AIRM = Namespace(PREFIXES["airm"])
VS = Namespace(PREFIXES["vs"])
BIBO = Namespace(PREFIXES["bibo"])
ONTOLOGY = URIRef(f"{BASE}ontology")
FOLDER = find_resource("ontology")
CHECKOUT = Path(__file__).resolve().parents[1]
FACTS = CHECKOUT.parent / "shared" / "facts"
FIRST_EDITION = CHECKOUT.parent / "shared" / "data" / "mit-v1" / "taxonomy.csv"

ALIGNMENTS = [f"alignments/{name}.ttl" for name in ("airo", "dcterms", "dpv", "v1-v2", "vair")]
MAPPINGS = [name.replace(".ttl", ".sssom.tsv") for name in ALIGNMENTS]
TAXONOMIES = ["taxonomy/v1.ttl", "taxonomy/v2.ttl"]
VOCABULARIES = [f"vocabularies/{name}.ttl" for name in ("actor", "function", "lifecycle", "statement-kind")]
BUILT_IN = ["mappings/mit-v1.yaml", "mappings/publisher.yaml"]
FILES = ["airm.ttl", *ALIGNMENTS, *TAXONOMIES, *VOCABULARIES]
SCHEMES = {"taxonomy/v1": 27, "taxonomy/v2": 58, "actor": 7, "function": 5, "lifecycle": 10, "statement-kind": 5}
NEVER_LABELLED = {"2.4.3", "3.3.2"}
MATCHES = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")

# OWL 2 Profiles, section 4.2: what the RL profile allows and this ontology needs, and the datatypes of RL that it may range over.
RL_TERMS = {
    *(OWL.AnnotationProperty, OWL.Class, OWL.DatatypeProperty, OWL.ObjectProperty, OWL.Ontology, OWL.TransitiveProperty),
    *(OWL.disjointWith, OWL.inverseOf, OWL.propertyChainAxiom, OWL.versionIRI, OWL.versionInfo),
}
RL_DATATYPES = {XSD.boolean, XSD.dateTime, XSD.decimal, XSD.integer, XSD.string, XSD.anyURI}
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@cache
def load(name: str) -> Graph:
    return Graph().parse(FOLDER / name, format="turtle")


@cache
def load_all() -> Graph:
    whole = Graph()
    for name in FILES:
        whole += load(name)
    return whole


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def below(path: str) -> URIRef:
    return URIRef(BASE + path)


def iri(name: str) -> URIRef:
    prefix, local = name.split(":")
    return URIRef(PREFIXES[prefix] + local)


def natural(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


def slug(label: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", label.lower()))


def terms_of(kind: URIRef) -> list[URIRef]:
    return [s for s in load("airm.ttl").subjects(RDF.type, kind) if s.startswith(AIRM)]


OUR_TERMS = sorted(term for kind in (OWL.Class, *KINDS) for term in terms_of(kind))
CLASSES = set(terms_of(OWL.Class))
#: Values of adms:status: neither classes nor properties, and concepts of no scheme.
STATUSES = [AIRM.NotDescribed]


def rows_of(path: Path, *, delimiter: str = "\t") -> list[dict[str, str]]:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout (looked in {path.parent})")
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=delimiter, quoting=quoting))


def test_folder_holds_exactly_these_files():
    found = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
    assert found == sorted(
        [*FILES, *MAPPINGS, "context.jsonld", "external-terms.tsv", "framework-items.tsv", "statements.rml.ttl", *BUILT_IN]
    )


@pytest.mark.parametrize("name", FILES)
def test_file_means_the_same_in_both_parsers(name):
    triples = set(ox.parse((FOLDER / name).read_bytes(), format=ox.RdfFormat.TURTLE))
    assert len(load(name)) == len(triples) > 0
    again = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES).decode(), format="nt")
    assert isomorphic(load(name), again)


@pytest.mark.parametrize("name", FILES)
def test_prefixes_are_those_of_the_table_sorted_and_all_used(name):
    declared = re.findall(r"^@prefix (\w+): <(.+)> \.$", read(name), re.MULTILINE)
    body = re.sub(r'^(@prefix|#).*$|<[^>]*>|"(?:[^"\\]|\\.)*"', "", read(name), flags=re.MULTILINE)
    used = set(re.findall(r"\b(\w+):", body))
    assert dict(declared) == {prefix: PREFIXES[prefix] for prefix in used}
    assert [prefix for prefix, _ in declared] == sorted(used)
    # rdflib.js cannot read the form that SPARQL has.
    assert not re.search(r"^(PREFIX|BASE)\b", read(name), re.MULTILINE)


@pytest.mark.parametrize("name", FILES)
def test_blank_nodes_are_absent_but_for_lists(name):
    blank = {term for triple in load(name) for term in triple if isinstance(term, BNode)}
    assert not blank or name == "airm.ttl"
    assert all((node, RDF.rest, None) in load(name) for node in blank)


@pytest.mark.parametrize("name", FILES)
def test_layout_is_type_then_label_then_predicates_in_order_one_pair_per_line(name):
    text = read(name)
    assert text.endswith(" .\n")
    assert "\t" not in text
    for block in text.split("\n\n")[1:]:
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if len(lines) < 2 or not lines[1].startswith("  "):
            continue
        pairs = [re.fullmatch(r"  (\S+) .+ [;.]", line) for line in lines[1:]]
        assert all(pairs), block
        predicates = [pair[1] for pair in pairs if pair]
        head = [p for p in ("a", "rdfs:label") if p in predicates]
        assert predicates == head + sorted(p for p in predicates if p not in head)


def subjects_in_order(name: str) -> list[str]:
    return re.findall(r"^(\S+)\n  ", read(name), re.MULTILINE)


def test_terms_stand_by_kind_and_alphabetically():
    order = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    kind = {term: location for location, kind in enumerate(order) for term in terms_of(kind)}
    found = [iri(subject) for subject in subjects_in_order("airm.ttl") if subject.startswith("airm:")]
    assert found == [*sorted(kind, key=lambda term: (kind[term], term.casefold())), *STATUSES]


@pytest.mark.parametrize("name", [*TAXONOMIES, *VOCABULARIES])
def test_concepts_stand_in_order_after_their_scheme(name):
    first, *rest = (subject.strip("<>") for subject in subjects_in_order(name))
    assert (URIRef(first), RDF.type, SKOS.ConceptScheme) in load(name)
    keys = [subject.removeprefix(f"{first}/") for subject in rest]
    assert keys == sorted(keys, key=natural if name in TAXONOMIES else str)


HEADERS = {
    name: next(load(name).subjects(RDF.type, kind))
    for name in FILES
    for kind in (OWL.Ontology, SKOS.ConceptScheme)
    if (None, RDF.type, kind) in load(name)
}


@pytest.mark.parametrize("name", FILES)
def test_header_is_complete_and_carries_the_version_of_the_package(name):
    graph, header = load(name), HEADERS[name]
    assert header.startswith(BASE)
    for predicate in (DCTERMS.title, DCTERMS.description, RDFS.label):
        assert [value.language for value in graph.objects(header, predicate)] == ["en"]
    for predicate in (DCTERMS.created, DCTERMS.modified):
        assert [value.datatype for value in graph.objects(header, predicate)] == [XSD.date]
    assert list(graph.objects(header, DCTERMS.license)) == [LICENCE]
    assert all(isinstance(agent, URIRef) for agent in graph.objects(header, DCTERMS.publisher))
    assert (header, DCTERMS.publisher, None) in graph
    assert list(graph.objects(header, OWL.versionInfo)) == [Literal(version("airm-graph"))]


def test_ontology_header_answers_the_offline_questions_of_foops():
    graph = load("airm.ttl")
    assert HEADERS["airm.ttl"] == ONTOLOGY
    assert graph.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version('airm-graph')}")
    assert graph.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("airm")
    assert graph.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal(PREFIXES["airm"])
    assert graph.value(ONTOLOGY, BIBO.status) == URIRef("http://purl.org/ontology/bibo/status/draft")
    assert graph.value(ONTOLOGY, DCTERMS.issued).datatype == XSD.date
    assert version("airm-graph") in graph.value(ONTOLOGY, DCTERMS.bibliographicCitation)
    assert graph.value(graph.value(ONTOLOGY, DCTERMS.creator), RDFS.label) == Literal("airm-graph contributors")
    assert (ONTOLOGY, OWL.imports, None) not in load_all()


@pytest.mark.parametrize("name", [*TAXONOMIES, *VOCABULARIES[:3]])
def test_scheme_credits_the_owner_of_its_labels(name):
    assert "MIT AI Risk Initiative" in load(name).value(HEADERS[name], SKOS.note)


@pytest.mark.parametrize("term", OUR_TERMS, ids=lambda term: term.removeprefix(AIRM))
def test_term_is_complete(term):
    graph = load("airm.ttl")
    for predicate in (RDFS.label, SKOS.definition, SKOS.example):
        assert [value.language for value in graph.objects(term, predicate)] == ["en"]
    assert list(graph.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY]
    assert [value.datatype for value in graph.objects(term, DCTERMS.created)] == [XSD.date]
    (status,) = graph.objects(term, VS.term_status)
    assert status in {Literal("stable"), Literal("testing"), Literal("unstable")}
    label, definition = graph.value(term, RDFS.label), graph.value(term, SKOS.definition)
    assert re.sub(r"[^a-z0-9]", "", label.lower()) == term.removeprefix(AIRM).lower()
    assert re.fullmatch(r"[^.!?]+\.", definition), "one sentence"
    assert term in CLASSES or definition.startswith(f"x {label} y: ")


def test_every_term_in_use_is_declared():
    used = {term for triple in load_all() for term in triple if isinstance(term, URIRef) and term.startswith(AIRM)}
    assert used == {*OUR_TERMS, *STATUSES}


def design_rows() -> list[tuple[list[str], str, str]]:
    text = (CHECKOUT / "docs" / "design.md").read_text(encoding="utf-8")
    section = text.split("## The ontology")[1].split("What stands on what")[0]
    rows = (line.split("|")[1:4] for line in section.splitlines() if line.startswith("| `"))
    return [(re.findall(r"`(\w+)`", names), meaning.strip(), remarks) for names, meaning, remarks in rows]


def test_properties_are_those_of_the_design():
    assert {AIRM[name] for names, _, _ in design_rows() for name in names} == set(OUR_TERMS) - CLASSES


def test_classes_are_those_of_the_design():
    text = (CHECKOUT / "docs" / "design.md").read_text(encoding="utf-8")
    paragraph = text.split("Classes:")[1].split("\n\n")[0]
    assert {AIRM[name] for name in re.findall(r"`(\w+)`", paragraph)} == CLASSES


@pytest.mark.parametrize(
    ("names", "meaning"), [row[:2] for row in design_rows()], ids=lambda value: value[0] if isinstance(value, list) else ""
)
def test_domain_and_range_are_those_of_the_design(names, meaning):
    graph = load("airm.ttl")
    domain, _, span = (part.strip() for part in meaning.partition("→"))
    back = span.endswith("/ back")
    spans = span.removesuffix("/ back").strip().split(", ") * len(names)
    for location, name in enumerate(names):
        pair = (domain, spans[location])[:: -1 if back and location else 1]
        wanted = tuple(None if end.startswith("(") else iri(end if ":" in end else f"airm:{end}") for end in pair)
        # xsd:date is in no profile of OWL 2: the shapes hold that datatype, not the ontology.
        wanted = tuple(None if end == XSD.date else end for end in wanted)
        assert (graph.value(AIRM[name], RDFS.domain), graph.value(AIRM[name], RDFS.range)) == wanted


def test_axioms_are_exactly_these():
    graph = load("airm.ttl")
    chains = {(s, tuple(Collection(graph, head))) for s, head in graph.subject_objects(OWL.propertyChainAxiom)}
    assert chains == {
        (AIRM.code, (AIRM.classification, AIRM.assignedCode)),
        (AIRM.suggestedStatementKind, (AIRM.suggestion, AIRM.suggestedKind)),
        (AIRM.underCode, (AIRM.underCode, SKOS.broader)),
    }
    assert set(graph.subject_objects(OWL.inverseOf)) == {(AIRM.classifies, AIRM.classification), (AIRM.hasPart, AIRM.partOf)}
    assert set(graph.subject_objects(RDFS.subPropertyOf)) == {
        (AIRM.capture, iri("prov:wasDerivedFrom")),
        (AIRM.code, AIRM.underCode),
        (AIRM.partOf, AIRM.within),
        (AIRM.source, DCTERMS.source),
    }
    assert list(graph.subjects(RDF.type, OWL.TransitiveProperty)) == [AIRM.within]
    names = ("ActorRole", "Code", "LifecycleStage", "ResidualConcept", "RiskFunction", "StatementKind")
    concepts = {(AIRM[name], SKOS.Concept) for name in names}
    entities = {(AIRM[name], iri("prov:Entity")) for name in ("Capture", "Evidence")}
    assert set(graph.subject_objects(RDFS.subClassOf)) == concepts | entities


def test_disjoint_classes_are_stated_once_for_each_pair():
    names = ["Capture", "Classification", "Evidence", "Mitigation", "Repair", "Source"]
    pairs = {(AIRM[a], AIRM[b]) for a in names for b in names if a < b}
    assert set(load("airm.ttl").subject_objects(OWL.disjointWith)) == pairs


def test_ontology_stays_within_owl_rl():
    graph = load("airm.ttl")
    assert {term for triple in graph for term in triple if isinstance(term, URIRef) and term.startswith(PREFIXES["owl"])} <= RL_TERMS
    for term in {s for s, _, kind in graph.triples((None, RDF.type, None)) if kind in KINDS}:
        assert sum((term, RDF.type, kind) in graph for kind in KINDS) == 1
        assert (term, RDF.type, OWL.Class) not in graph
    for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf, OWL.disjointWith):
        for term, value in graph.subject_objects(predicate):
            data = predicate == RDFS.range and (term, RDF.type, OWL.DatatypeProperty) in graph
            assert value in RL_DATATYPES if data else (value, RDF.type, OWL.Class) in graph
    for term, parent in graph.subject_objects(RDFS.subPropertyOf):
        assert all((end, RDF.type, OWL.ObjectProperty) in graph for end in (term, parent))


def test_foreign_terms_are_declared_and_nothing_is_said_of_them():
    graph = load("airm.ttl")
    foreign = [s for s in graph.subjects(unique=True) if isinstance(s, URIRef) and not s.startswith(BASE)]
    assert foreign
    assert {p for s in foreign for p in graph.predicates(s)} == {RDF.type}
    builtin = (PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"])
    used = {p for p in graph.predicates(unique=True) if not str(p).startswith(builtin)}
    assert used <= set(foreign)


def test_closure_infers_what_the_design_promises_and_finds_no_contradiction():
    import owlrl

    graph = load("airm.ttl") + load("taxonomy/v2.ttl") + Graph().parse(data=SAMPLE, format="turtle")
    closure = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False)
    closure.closure()
    assert closure.error_messages == []
    child, parent, codes = below("mitigation/s/child"), below("mitigation/s/parent"), below("taxonomy/v2/")
    assert set(graph.objects(child, AIRM.code)) == {codes + "1.1.2"}
    assert set(graph.objects(child, AIRM.underCode)) == {codes + "1.1.2", codes + "1.1", codes + "1"}
    assert set(graph.objects(child, AIRM.within)) == {parent, below("mitigation/s/root")}
    assert (below("mitigation/s/child/classification/v2-1.1.2"), AIRM.classifies, child) in graph
    assert (parent, AIRM.hasPart, child) in graph
    assert (child, DCTERMS.source, below("source/s")) in graph
    assert (below("capture/00/l1-l2"), iri("prov:wasDerivedFrom"), below("capture/00")) in graph


def concepts_of(scheme: str) -> dict[str, URIRef]:
    found = load_all().subjects(SKOS.inScheme, below(scheme))
    return {concept.removeprefix(f"{BASE}{scheme}/"): concept for concept in found}


@pytest.mark.parametrize(("scheme", "count"), SCHEMES.items())
def test_scheme_holds_all_its_concepts_in_both_directions(scheme, count):
    graph, concepts = load_all(), concepts_of(scheme)
    assert len(concepts) == count
    for concept in concepts.values():
        assert (concept, RDF.type, SKOS.Concept) in graph
        assert list(graph.objects(concept, SKOS.inScheme)) == [below(scheme)]
        top = (concept, SKOS.topConceptOf, below(scheme)) in graph
        assert top == ((below(scheme), SKOS.hasTopConcept, concept) in graph)
        assert top != ((concept, SKOS.broader, None) in graph)
        assert set(graph.objects(concept, SKOS.narrower)) == set(graph.subjects(SKOS.broader, concept))


@pytest.mark.parametrize("scheme", ["taxonomy/v1", "taxonomy/v2"])
def test_code_has_its_notation_and_the_parent_its_notation_says(scheme):
    graph = load_all()
    for code, concept in concepts_of(scheme).items():
        assert (concept, RDF.type, AIRM.Code) in graph
        assert list(graph.objects(concept, SKOS.notation)) == [Literal(code)]
        parent = code.rpartition(".")[0]
        assert list(graph.objects(concept, SKOS.broader)) == ([below(f"{scheme}/{parent}")] if parent else [])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_concept_is_labelled_once_and_has_a_scope_note_where_something_is_known(scheme):
    graph = load_all()
    for key, concept in concepts_of(scheme).items():
        labels = [list(graph.objects(concept, predicate)) for predicate in (SKOS.prefLabel, RDFS.label)]
        if scheme == "taxonomy/v2" and key in NEVER_LABELLED:
            assert labels == [[], []]
            assert (concept, SKOS.altLabel, None) not in graph
            assert graph.value(concept, SKOS.editorialNote).language == "en"
        else:
            assert labels[0] == labels[1]
            assert [label.language for label in labels[0]] == ["en"]
        notes = [note.language for note in graph.objects(concept, SKOS.scopeNote)]
        assert notes == ([] if key == "3.3.2" else ["en"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_residual_concepts_are_marked(scheme):
    graph = load_all()
    marked = {key for key, concept in concepts_of(scheme).items() if (concept, RDF.type, AIRM.ResidualConcept) in graph}
    pattern = r"99|\d.*\.9|99\.9" if scheme == "taxonomy/v2" else r"unable-to-classify|other-.*"
    assert marked == {key for key in concepts_of(scheme) if re.fullmatch(pattern, key)}


@pytest.mark.parametrize(
    ("scheme", "kind"),
    [("actor", "ActorRole"), ("function", "RiskFunction"), ("lifecycle", "LifecycleStage"), ("statement-kind", "StatementKind")],
)
def test_vocabulary_is_of_its_own_class(scheme, kind):
    assert set(load_all().subjects(RDF.type, AIRM[kind])) == set(concepts_of(scheme).values())


def test_fingerprints_are_plain_strings_of_16_digits_and_belong_to_one_concept_each():
    pairs = [pair for p in (AIRM.definitionFingerprint, AIRM.branchFingerprint) for pair in load_all().subject_objects(p)]
    assert all(re.fullmatch(r"[0-9a-f]{16}", value) and value == Literal(str(value)) for _, value in pairs)
    assert len({value for _, value in pairs}) == len(pairs)
    assert not list(load("taxonomy/v1.ttl").subjects(AIRM.definitionFingerprint))


def fingerprints_of(concept: URIRef) -> set[str]:
    return {str(value) for value in load_all().objects(concept, AIRM.definitionFingerprint)}


def own_fingerprint(concept: URIRef) -> str:
    """Our scope note is a definition as well: the example captures carry it."""
    note = load_all().value(concept, SKOS.scopeNote)
    return fingerprint(note) if note else ""


def test_second_edition_equals_the_facts():
    graph = load_all()
    for row in rows_of(FACTS / "taxonomy-v2.tsv"):
        concept = concepts_of("taxonomy/v2")[row["code"]]
        assert str(graph.value(concept, SKOS.prefLabel, default="")) == row["label"]
        assert graph.value(concept, SKOS.broader) == (below(f"taxonomy/v2/{row['parent']}") if row["parent"] else None)
        assert ((concept, RDF.type, AIRM.ResidualConcept) in graph) == (row["residual"] == "yes")
        assert fingerprints_of(concept) == {row["definition_fingerprint"], own_fingerprint(concept)} - {""}
        assert (row["label_observed"] == "no") == (row["code"] in NEVER_LABELLED)


def test_first_edition_equals_the_facts_and_borrows_no_sentence():
    graph, rows = load_all(), rows_of(FIRST_EDITION, delimiter=",")
    theirs = " | ".join(row[field] for row in rows for field in ("Definition", "Examples"))
    assert {row["Code"] for row in rows} == set(concepts_of("taxonomy/v1"))
    for row in rows:
        concept = concepts_of("taxonomy/v1")[row["Code"]]
        assert str(graph.value(concept, SKOS.prefLabel)) == row["Label"]
        assert not shared_runs(graph.value(concept, SKOS.scopeNote), theirs)


def shared_runs(mine: str, theirs: str, *, length: int = 4) -> set[tuple[str, ...]]:
    """Runs of words that two texts have in common."""
    runs = []
    for text in (mine, theirs):
        words = re.findall(r"\w+", text.lower())
        runs.append(set(zip(*(words[start:] for start in range(length)), strict=False)))
    return runs[0] & runs[1]


def test_vocabularies_equal_the_facts():
    graph, rows = load_all(), rows_of(FACTS / "vocabularies.tsv")
    assert len(rows) == sum(SCHEMES[name] for name in ("actor", "function", "lifecycle"))
    for row in rows:
        concept = concepts_of(row["vocabulary"])[slug(row["label"])]
        assert str(graph.value(concept, SKOS.prefLabel)) == row["label"]
        known = row["definition_fingerprint"]
        assert fingerprints_of(concept) == ({known, own_fingerprint(concept)} if known else set())


EDITIONS = "alignments/v1-v2.ttl"


def alignment_links() -> set[tuple[URIRef, URIRef, URIRef]]:
    """The links to other vocabularies; those between the editions of the taxonomy are looked at in tests/test_migrate.py."""
    names = [name for name in ALIGNMENTS if name != EDITIONS]
    headers = {HEADERS[name] for name in names}
    return {triple for name in names for triple in load(name) if triple[0] not in headers}


def test_alignment_links_concepts_by_matches_and_terms_by_axioms():
    known = {concept for scheme in SCHEMES for concept in concepts_of(scheme).values()}
    for ours, predicate, theirs in alignment_links():
        assert not theirs.startswith(BASE)
        if ours in known:
            assert predicate in MATCHES
        else:
            assert ours in OUR_TERMS
            assert predicate in {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.seeAlso}


def test_alignments_stay_out_of_the_ontology():
    assert alignment_links() & set(load("airm.ttl")) == {(AIRM.source, RDFS.subPropertyOf, DCTERMS.source)}
    for name in ALIGNMENTS:
        assert "proposal" in load(name).value(HEADERS[name], RDFS.comment)


def test_alignments_are_exactly_those_of_the_facts():
    wanted = set()
    for row in rows_of(FACTS / "alignments.tsv"):
        kind, ours = row["kind"], row["ours"]
        locations = {"class": AIRM[ours], "property": AIRM[ours], "code": below(f"taxonomy/v2/{ours}")}
        wanted.add((locations.get(kind) or below(f"{kind}/{slug(ours)}"), iri(row["predicate"]), URIRef(row["external_iri"])))
    assert alignment_links() == wanted
    assert len(wanted) == len(rows_of(FACTS / "alignments.tsv"))


def test_alignments_point_only_at_terms_that_exist():
    existing = {row["iri"] for row in rows_of(FACTS / "external-terms.tsv")}
    assert {str(theirs) for _, _, theirs in alignment_links()} - existing == {str(DCTERMS.source)}


CONTEXT = json.loads(read("context.jsonld"))
TERMS = {key: value for key, value in CONTEXT["@context"].items() if not key.startswith("@") and key not in {*PREFIXES, "id", "type"}}
#: Keys that are not the local name of what they stand for, because that name is taken or no good name in JavaScript.
RENAMED = {
    "VoidDataset": "void:Dataset",
    "citation": "dcterms:bibliographicCitation",
    "documentStatus": "bibo:status",
    "downloadUrl": "dcat:downloadURL",
    "origin": "dcterms:source",
    "termStatus": "vs:term_status",
    "versionIri": "owl:versionIRI",
    "year": "dcterms:issued",
}
#: What graphs hold beside the terms that the files of ontology/ use.
IN_DATA = """
adms:status dcat:Dataset dcat:Distribution dcat:distribution dcat:downloadURL dcat:mediaType dcat:version dcterms:RightsStatement
dcterms:alternative dcterms:conformsTo dcterms:hasVersion dcterms:identifier dcterms:isReplacedBy dcterms:isVersionOf dcterms:rights
dcterms:source owl:deprecated prov:Derivation prov:Entity prov:entity prov:qualifiedDerivation prov:wasAttributedTo prov:wasDerivedFrom
skos:altLabel void:Dataset void:class
void:classPartition void:dataDump
void:entities void:exampleResource void:triples void:uriSpace void:vocabulary
"""

SAMPLE = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX airm: <https://w3id.org/airm-graph/ontology#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
BASE <https://w3id.org/airm-graph/>
<mitigation/s/child> a airm:Mitigation ; rdfs:label "Child" ; skos:altLabel "child", "The child" ; dcterms:description "One.", "Two." ;
  dcterms:identifier "A1" ; airm:source <source/s> ; airm:classification <mitigation/s/child/classification/v2-1.1.2> ;
  airm:actor <actor/developer> ; airm:lifecycleStage <lifecycle/deploy> ; airm:function <function/map> ;
  airm:partOf <mitigation/s/parent> ; airm:evidence <capture/00/l1-l2> ; airm:statementKind <statement-kind/description> ;
  airm:suggestion <mitigation/s/child/suggestion/question> ; prov:wasDerivedFrom <mitigation/r/child> ;
  prov:qualifiedDerivation <mitigation/s/child/derivation/00000000> .
<mitigation/s/child/suggestion/question> a airm:Suggestion ; airm:suggestedKind <statement-kind/question> ; airm:confidence 0.97 ;
  airm:reasoning "It asks." .
<mitigation/s/child/derivation/00000000> a prov:Derivation ; prov:entity <mitigation/r/child> ; airm:reasoning "The same text." .
<mitigation/s/parent> a airm:Mitigation ; rdfs:label "Parent" ; airm:partOf <mitigation/s/root> .
<mitigation/s/child/classification/v2-1.1.2> a airm:Classification ; rdfs:label "v2 1.1.2 Learning Objectives" ;
  airm:assignedCode <taxonomy/v2/1.1.2> ; airm:reasoning "It changes the \\"goal\\".\\nClearly." .
<source/s> a airm:Source ; rdfs:label "A title" ; dcterms:title "A title" ; dcterms:alternative "A Title" ; dcterms:creator <agent/a-b> ;
  airm:authors "A, B (2024)" ; dcterms:issued "2024"^^xsd:gYear ; dcterms:abstract "Short." .
<agent/a-b> a prov:Agent ; rdfs:label "A, B" .
<capture/00> a airm:Capture ; rdfs:label "one.txt" ; airm:fileName "one.txt" ; airm:sha256 "00" ; airm:retrieved "2026-11-02"^^xsd:date ;
  dcat:mediaType <https://www.iana.org/assignments/media-types/text/plain> ; dcterms:source <https://example.org/page> ;
  dcterms:rights <notice/preliminary> ; adms:status <http://purl.org/adms/status/UnderDevelopment> .
<capture/00/l1-l2> a airm:Evidence ; rdfs:label "one.txt, lines 1–2" ; airm:capture <capture/00> ; airm:firstLine 1 ; airm:lastLine 2 ;
  airm:row 1 ; airm:column "Name" ; airm:capturedText "aack\\nline" ; airm:repair <capture/00/repair/l1-c1-lost-ligature> .
<capture/00/repair/l1-c1-lost-ligature> a airm:Repair ; rdfs:label "attack" ; airm:rule "lost-ligature" ; airm:before "aack" ;
  airm:after "attack" ; airm:line 1 ; airm:position 1 .
<notice/preliminary> a dcterms:RightsStatement ; rdfs:label "Preliminary"@en .
<dataset> a dcat:Dataset , void:Dataset ; dcterms:title "Data"@en ; dcterms:conformsTo <ontology> ;
  void:uriSpace "https://w3id.org/airm-graph/" ; void:entities 2 ; void:triples 30 ; void:vocabulary <ontology#> ;
  void:exampleResource <mitigation/s/child> ; void:dataDump <dataset/1/airm.ttl> ;
  void:classPartition <dataset/mitigations> ; dcterms:hasVersion <dataset/1> .
<dataset/mitigations> a void:Dataset ; void:class airm:Mitigation ; void:entities 2 .
<dataset/1> a dcat:Dataset ; dcterms:isVersionOf <dataset> ; dcat:version "1" ; dcat:distribution <dataset/1/airm.ttl> ;
  owl:deprecated true ; dcterms:isReplacedBy <dataset/2> ; dcterms:issued "2026-11-21"^^xsd:date .
<dataset/1/airm.ttl> a dcat:Distribution ; dcat:downloadURL <dataset/1/airm.ttl> .
"""


def expand(document: object) -> list[dict[str, object]]:
    from pyld import jsonld

    return jsonld.expand(document)


def meaning_of(key: str) -> str:
    """Expand a document that uses *key* alone and return the IRI that the key stands for."""
    subject = {**CONTEXT, "id": "urn:x"}
    if key[0].isupper():
        return expand({**subject, "type": key})[0]["@type"][0]
    (node,) = expand({**subject, key: "urn:y"})
    (meaning,) = set(node) - {"@id"}
    return meaning


@pytest.mark.parametrize("key", TERMS)
def test_context_key_means_the_term_of_its_name(key):
    definition = TERMS[key]
    name = definition if isinstance(definition, str) else definition["@id"]
    assert meaning_of(key) == str(iri(name))
    assert name == RENAMED[key] if key in RENAMED else key == name.partition(":")[2]
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", key)


def test_context_means_exactly_the_terms_in_use():
    graph = load_all()
    used = set(graph.predicates()) - {RDF.type, RDF.first, RDF.rest} | set(graph.objects(None, RDF.type))
    wanted = {str(term) for term in {*used, *OUR_TERMS, *map(iri, IN_DATA.split())}}
    assert {meaning_of(key) for key in TERMS} == wanted


def test_context_has_the_prefixes_of_the_table_and_no_default_vocabulary():
    context = CONTEXT["@context"]
    assert {key: context[key] for key in PREFIXES} == PREFIXES
    assert (context["@version"], context["@protected"]) == (1.1, True)
    assert not {"@vocab", "@base", "@language"} & set(context)
    assert (context["id"], context["type"]) == ("@id", "@type")
    keys = [*TERMS]
    assert all(a < b for a, b in pairwise((not key[0].isupper(), key.casefold()) for key in keys))


@cache
def compacted_sample() -> dict[str, object]:
    from pyld import jsonld

    whole = load_all() + Graph().parse(data=SAMPLE, format="turtle")
    return jsonld.compact(jsonld.from_rdf(whole.serialize(format="nt")), CONTEXT)


def keys_in(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(keys_in, value))
    return set(value).union(*map(keys_in, value.values())) if isinstance(value, dict) else set()


def test_compaction_needs_no_key_outside_the_context():
    keys = keys_in(compacted_sample()["@graph"])
    assert keys <= {"id", "type", "@language", "@value", *TERMS}


def test_compaction_and_expansion_give_back_every_triple_in_both_libraries():
    from pyld import jsonld

    whole = load_all() + Graph().parse(data=SAMPLE, format="turtle")
    document = compacted_sample()
    again = Graph().parse(data=jsonld.to_rdf(jsonld.expand(document), {"format": "application/n-quads"}), format="nt")
    assert isomorphic(again, whole)
    quads = ox.parse(json.dumps(document).encode(), format=ox.RdfFormat.JSON_LD)
    other = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    assert isomorphic(Graph().parse(data=other.decode(), format="nt"), whole)


def test_compacted_values_are_what_a_program_expects():
    nodes = {node["id"].removeprefix(BASE).removeprefix("airm:"): node for node in compacted_sample()["@graph"]}
    assert nodes["mitigation/s/child"]["label"] == "Child"
    assert nodes["taxonomy/v2/1.1.2"]["label"] == {"@language": "en", "@value": "Learning Objectives"}
    assert nodes["taxonomy/v2/1.1.2"]["prefLabel"] == "Learning Objectives"
    assert nodes["source/s"]["year"] == "2024"
    assert nodes["dataset/1"]["issued"] == "2026-11-21"
    assert nodes["capture/00"]["retrieved"] == "2026-11-02"
    assert nodes["mitigation/s/child"]["partOf"] == [f"{BASE}mitigation/s/parent"]
    assert nodes["code"]["propertyChainAxiom"] == ["airm:classification", "airm:assignedCode"]


def test_numbers_written_as_json_numbers_are_integers_in_the_graph():
    quads = ox.parse(json.dumps({**CONTEXT, "id": "urn:x", "firstLine": 12}).encode(), format=ox.RdfFormat.JSON_LD)
    assert [quad.object for quad in quads] == [ox.Literal("12", datatype=ox.NamedNode(str(XSD.integer)))]
