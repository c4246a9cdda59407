"""Print the reports of pyshacl as it comes, as N-Triples in a JSON list, for a JSON file of pairs of data and shapes."""

import json
import sys
from pathlib import Path

import pyshacl
import rdflib


def main(paths_of: Path) -> None:
    found = []
    for paths in json.loads(paths_of.read_text(encoding="utf-8")):
        data, shapes = (rdflib.Graph().parse(path, format="nt") for path in paths)
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
        found.append(report.serialize(format="nt"))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
