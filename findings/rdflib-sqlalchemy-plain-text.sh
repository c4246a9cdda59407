#!/bin/sh
# rdflib-sqlalchemy takes a text without a tag for every literal with that text, and removes them all
#
# Expected: "Plan", "Plan"@en and "Plan"^^:code are three terms (RDF 1.1 Concepts, 3.3), and a pattern, remove and
#   DELETE DATA take the one that is named (SPARQL 1.1 Query, 18.3; SPARQL 1.1 Update, 3.1.2).
# Seen: A pattern with "Plan" finds all three, and remove or DELETE DATA of "Plan" deletes all three; "Plan"@en is
#   found and removed alone. The length of the graph is 1 where it holds the three. rdflib's store in memory is right.
# Versions: rdflib-sqlalchemy 0.5.4, SQLAlchemy 1.4.54, rdflib 7.6.0
# Why it matters: Replacing the untagged label of a concept, the usual first repair, deletes its labels in all
#   languages.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib-sqlalchemy==0.5.4 SQLAlchemy==1.4.54 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib

TURTLE = '@prefix : <http://example.org/> . :a :label "Plan", "Plan"@en, "Plan"^^:code .'
SUBJECT, LABEL = rdflib.URIRef("http://example.org/a"), rdflib.URIRef("http://example.org/label")
TERMS = {"plain": rdflib.Literal("Plan"), "tagged": rdflib.Literal("Plan", lang="en")}


def fill(store):
    graph = rdflib.Graph(store=store, identifier=rdflib.URIRef("http://example.org/g"))
    if store == "SQLAlchemy":
        graph.open("sqlite://", create=True)
    return graph.parse(data=TURTLE, format="turtle")


def ask(store):
    answers = {"length": len(fill(store))}
    for name, term in TERMS.items():
        answers[f"found, {name}"] = len(list(fill(store).triples((None, None, term))))
        graph = fill(store)
        graph.remove((SUBJECT, LABEL, term))
        answers[f"left by remove, {name}"] = len(list(graph))
        graph = fill(store)
        graph.update(f"DELETE DATA {{ {SUBJECT.n3()} {LABEL.n3()} {term.n3()} }}")
        answers[f"left by DELETE DATA, {name}"] = len(list(graph))
    return answers


seen, expected = ask("SQLAlchemy"), ask("default")
print("seen:    ", seen)
print("expected:", expected)
right = dict(zip(seen, [3, 1, 2, 2, 1, 2, 2]))
sys.exit(expected != right or seen != dict(zip(seen, [1, 3, 0, 0, 1, 2, 2])))
PY
