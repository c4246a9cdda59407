#!/bin/sh
# voc4cat: a deprecated concept comes back from the workbook as a concept in use
#
# Expected: owl:deprecated true stays, whatever skos:historyNote says (OWL 2 Structural Specification, 5.5: true
#   alone deprecates an IRI; SKOS Reference, 7: a history note is text for people).
# Seen: Turtle -> xlsx -> Turtle: "Replaced by a newer control." is none of voc4cat's own sentences, so the cell
#   "Obsoletion reason" stays empty, and with it the concept is neither deprecated nor has it a history note;
#   dct:isReplacedBy is kept. A label "pass|fail" becomes the labels "pass" and "fail". Exit code 0, "successfully
#   converted"; a line of the log names the sentence.
# Versions: voc4cat 1.2.0, rdflib 7.6.0
# Why it matters: editing any other row of the workbook puts withdrawn concepts back into use.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='voc4cat==1.2.0 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
cat >controls.ttl <<'TTL'
@prefix : <https://example.org/t_> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://example.org/> a skos:ConceptScheme ; dct:title "Controls"@en ; skos:hasTopConcept :0000001 , :0000002 .
:0000001 a skos:Concept ; skos:inScheme <https://example.org/> ; skos:topConceptOf <https://example.org/> ;
  skos:prefLabel "Audit"@en ; skos:altLabel "pass|fail"@en ; skos:definition "A check."@en .
:0000002 a skos:Concept ; skos:inScheme <https://example.org/> ; skos:topConceptOf <https://example.org/> ;
  skos:prefLabel "Old audit"@en ; skos:definition "An old check."@en ; owl:deprecated true ;
  skos:historyNote "Replaced by a newer control."@en ; dct:isReplacedBy :0000001 .
TTL
cat >idranges.toml <<'TOML'
config_version = "v1.0"
single_vocab = true
[vocabs.controls]
id_length = 7
permanent_iri_part = "https://example.org/t_"
vocabulary_iri = "https://example.org/"
prefix = "ex"
title = "Controls"
description = "Controls."
created_date = "2024-01-02"
creator = "https://orcid.org/0000-0001-2345-6789"
repository = "https://example.org/repository"
[vocabs.controls.checks]
allow_delete = false
[vocabs.controls.prefix_map]
ex = "https://example.org/"
[[vocabs.controls.id_range]]
first_id = 1
last_id = 20
gh_name = "nobody"
orcid = "0000-0001-2345-6789"
TOML
mkdir out
"$tmp/env/bin/voc4cat" convert --config idranges.toml controls.ttl >log 2>&1
"$tmp/env/bin/voc4cat" convert --config idranges.toml controls.xlsx --outdir out >>log 2>&1
"$tmp/env/bin/python" - 2>>log <<'PY'
import sys

import rdflib
from rdflib.namespace import DCTERMS, OWL, SKOS


def describe(name):
    graph = rdflib.Graph().parse(name)
    first, old = (rdflib.URIRef(f"https://example.org/t_000000{number}") for number in (1, 2))
    labels = sorted(map(str, graph.objects(first, SKOS.altLabel)))
    return [len(list(graph.objects(old, key))) for key in (OWL.deprecated, SKOS.historyNote, DCTERMS.isReplacedBy)], labels


before, after = describe("controls.ttl"), describe("out/controls.ttl")
print("seen:     deprecated, history note, replaced by; other labels", after)
print("expected:                                                    ", before)
sys.exit((before, after) != (([1, 1, 1], ["pass|fail"]), ([0, 0, 1], ["fail", "pass"])))
PY
