"""Print the reports of pyshacl as it comes, as N-Triples in a JSON list, for a JSON file of pairs of data and shapes."""

import json
import sys
from pathlib import Path

import pyshacl
import rdflib

found = []
for paths in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    data, shapes = (rdflib.Graph().parse(path, format="nt") for path in paths)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    found.append(report.serialize(format="nt"))
json.dump(found, sys.stdout)
