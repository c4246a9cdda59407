"""Random changes to a graph whose defects a baseline accepts: what is new is found, and nothing else is.

python tests/new_defects.py 1000
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.validate.baseline import compare_report, read_baseline, write_baseline
from airm_graph.validate.report import Report
from airm_graph.validate.verdict import judge_shapes
from judging import loaded

__all__ = ["SHAPES", "Triple", "change", "judge", "list_defects", "make_data", "run", "write_shapes"]

Triple = tuple[str, str, str]
Values = Callable[[str, str], list[str]]

_EX, _XSD = "https://example.org/", "http://www.w3.org/2001/XMLSchema#"
_PREFIXES = (
    f"@prefix : <{_EX}> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix xsd: <{_XSD}> .\n"
    "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
)
_HEAD = ":S sh:targetClass :Thing ; sh:closed true ; sh:ignoredProperties ( rdf:type ) .\n"
_QUERY = f"SELECT $this ?other WHERE {{ $this <{_EX}joined> ?other . ?other a <{_EX}Thing> }}"
#: What is said of :S, :Kind and :Place, each statement by itself so that they can be put in any order.
SHAPES = (
    ":S sh:property [ sh:path :label ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 3 ; sh:pattern '^[a-z]' ] .",
    ":S sh:property [ sh:path :note ; sh:uniqueLang true ; sh:languageIn ( 'en' 'de' ) ] .",
    ":S sh:property [ sh:path :part ; sh:maxCount 2 ; sh:nodeKind sh:IRI ] .",
    ":S sh:property [ sh:path :tag ; sh:minCount 3 ; sh:in ( 'x' 'y' 'z' 'w' ) ] .",
    ":S sh:property [ sh:path :number ; sh:minInclusive 0 ; sh:maxInclusive 9 ] .",
    ":S sh:property [ sh:path :low ; sh:lessThan :high ] .",
    ":S sh:property [ sh:path :high ] .",
    ":S sh:property [ sh:path :left ; sh:disjoint :right ] .",
    ":S sh:property [ sh:path :right ] .",
    ":S sh:property [ sh:path :near ; sh:qualifiedValueShape [ sh:class :Part ] ; sh:qualifiedMaxCount 1 ] .",
    ":S sh:property [ sh:path :far ; sh:qualifiedValueShape [ sh:class :Part ] ; sh:qualifiedMinCount 2 ] .",
    ":S sh:property [ sh:path ( :part :label ) ; sh:maxCount 1 ] .",
    ":S sh:property [ sh:path :place ; sh:node :Place ] .",
    ":S sh:property [ sh:path :either ; sh:or ( [ sh:datatype xsd:integer ] [ sh:property [ sh:path :street ; sh:minCount 1 ] ] ) ] .",
    ":S sh:property :Kind .",
    ":Kind sh:path :kind ; sh:hasValue :A, :B ; sh:message 'both kinds are needed' .",
    ":S sh:property :Member .",
    ":Member sh:path :member ; sh:class :Part, :Other .",
    ":Place sh:property [ sh:path :street ; sh:minCount 1 ; sh:maxCount 1 ] .",
    ":Place sh:property [ sh:path :zip ; sh:pattern '^[0-9]$' ] .",
    f":S sh:sparql [ sh:message '{{$this}} and {{?other}} are joined'@en ; sh:select '{_QUERY}' ] .",
    ":S sh:property [ sh:path :joined ] .",
)
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_THINGS, _PLACES = [f"<{_EX}t{n}>" for n in range(6)], [f"<{_EX}p{n}>" for n in range(5)]
_BLANK = [f"_:b{n}" for n in range(4)]
_THING, _PART, _OTHER, _A, _B = (f"<{_EX}{name}>" for name in ("Thing", "Part", "Other", "A", "B"))
_NUMBERS = [f'"{n}"^^<{_XSD}integer>' for n in (-2, 0, 3, 9, 10, 12)]
_WORDS = ['"abc"', '"ab"', '"Abc"', '"abcd"', f'"7"^^<{_XSD}integer>', *_PLACES[:1]]
#: What a thing may say.
_POOLS = {
    "label": _WORDS,
    "note": ['"a"@en', '"b"@en', '"c"@en', '"a"@de', '"b"@de', '"a"@fr', '"plain"'],
    "part": [*_PLACES, '"text"'],
    "tag": ['"x"', '"y"', '"z"', '"w"', '"v"', '"u"'],
    "number": [*_NUMBERS, '"none"'],
    "low": _NUMBERS,
    "high": _NUMBERS,
    "left": [*_PLACES[:3], '"x"'],
    "right": [*_PLACES[:3], '"x"'],
    "near": _PLACES,
    "far": _PLACES,
    "place": [*_PLACES, *_BLANK],
    "either": [*_NUMBERS[:2], *_PLACES, '"text"'],
    "kind": [_A, _B, _THING],
    "member": _PLACES,
    "joined": [*_THINGS, *_PLACES[:2]],
    "stray": ['"1"', '"2"', '"3"'],
    "astray": ['"1"', '"2"'],
}
_POOLS_OF_PLACES = {"street": ['"s"', '"t"', '"u"'], "zip": ['"1"', '"22"', '"333"'], "label": ['"abc"', '"def"', '"ghi"']}


def make_data(chance: random.Random) -> set[Triple]:
    """Make a graph in which about half of everything is wrong."""
    found = {(thing, _TYPE, _THING) for thing in _THINGS}
    for _ in range(170):
        found.add(_pick(chance))
    return found


def _pick(chance: random.Random) -> Triple:
    if chance.random() < 0.7:
        name = chance.choice(sorted(_POOLS))
        return chance.choice(_THINGS), f"<{_EX}{name}>", chance.choice(_POOLS[name])
    place = chance.choice([*_PLACES, *_BLANK])
    if chance.random() < 0.4:
        return place, _TYPE, chance.choice([_PART, _OTHER])
    name = chance.choice(sorted(_POOLS_OF_PLACES))
    return place, f"<{_EX}{name}>", chance.choice(_POOLS_OF_PLACES[name])


def change(data: set[Triple], chance: random.Random) -> set[Triple]:
    """Add a statement, take one away, or put one in the place of another."""
    way, kept = chance.randrange(3), sorted(triple for triple in data if triple[2] != _THING)
    changed = set(data)
    if way:
        changed.remove(chance.choice(kept))
    if way != 1:
        changed.add(_pick(chance))
    return changed


def list_defects(data: set[Triple]) -> Counter[tuple[str, ...]]:
    """List all that is wrong, each thing by itself; blank nodes by what is said of them."""
    said = defaultdict[str, set[tuple[str, str]]](set)
    for subject, predicate, value in data:
        said[subject].add((predicate, value))
    leading = defaultdict[str, set[str]](set)
    for subject, predicate, value in data:
        leading[value].add(f"{subject} {predicate}")

    def values(node: str, name: str) -> list[str]:
        return sorted(value for predicate, value in said[node] if predicate == f"<{_EX}{name}>")

    def name(node: str) -> str:
        return f"{sorted(said[node])} {sorted(leading[node])}" if node.startswith("_:") else node

    types = {node: {value for predicate, value in said[node] if predicate == _TYPE} for node in [*_PLACES, *_BLANK, *_THINGS]}
    found = Counter[tuple[str, ...]]()
    for thing in _THINGS:
        parts = (*_simple_defects(thing, values), *_defects_of_others(thing, values, types=types))
        found.update((thing, *map(name, part)) for part in parts)
    return found


def _simple_defects(thing: str, values: Values) -> Iterator[tuple[str, ...]]:
    labels = values(thing, "label")
    yield from [("no label",)] * (not labels)
    yield from (("labels", value) for value in labels if len(labels) > 1)
    for value in labels:
        text = value.split('"')[1] if value.startswith('"') else value.strip("<>")
        yield from [("type of label", value)] * (not value.startswith('"') or "^^" in value)
        yield from [("short label", value)] * (len(text) < 3)
        yield from [("form of label", value)] * (not text[:1].islower())
    notes = values(thing, "note")
    tags = Counter(value.partition("@")[2] for value in notes)
    yield from (("language twice", value) for value in notes if "@" in value and tags[value.partition("@")[2]] > 1)
    yield from (("language", value) for value in notes if not value.endswith(("@en", "@de")))
    yield from (("parts", value) for value in values(thing, "part") if len(values(thing, "part")) > 2)
    yield from (("part", value) for value in values(thing, "part") if not value.startswith("<"))
    yield from (("tags", str(number)) for number in range(len(values(thing, "tag")), 3))
    yield from (("tag", value) for value in values(thing, "tag") if value not in _POOLS["tag"][:4])
    for value in values(thing, "number"):
        number = int(value.split('"')[1]) if "^^" in value else None
        yield from [("low number", value)] * (number is None or number < 0)
        yield from [("high number", value)] * (number is None or number > 9)
    yield from (("left", value) for value in values(thing, "left") if value in values(thing, "right"))
    yield from (("kind", value) for value in (_A, _B) if value not in values(thing, "kind"))
    yield from ((name, value) for name in ("stray", "astray") for value in values(thing, name))
    for low in values(thing, "low"):
        # A result does not say what its value is not less than.
        yield from (("less", low) for high in values(thing, "high") if int(low.split('"')[1]) >= int(high.split('"')[1]))


def _defects_of_others(thing: str, values: Values, *, types: dict[str, set[str]]) -> Iterator[tuple[str, ...]]:
    near = [value for value in values(thing, "near") if _PART in types[value]]
    yield from (("near", value) for value in near if len(near) > 1)
    yield from (("far", str(number)) for number in range(sum(_PART in types[value] for value in values(thing, "far")), 2))
    labels = {label for part in values(thing, "part") for label in values(part, "label")}
    yield from (("labels of parts", label) for label in labels if len(labels) > 1)
    for place in values(thing, "place"):
        streets = values(place, "street")
        yield from [("street", place)] * (not streets)
        yield from (("streets", place, street) for street in streets if len(streets) > 1)
        yield from (("zip", place, code) for code in values(place, "zip") if len(code) > 3)
    for value in values(thing, "either"):
        if "^^" not in value and not values(value, "street"):
            yield "either", value
    for value in values(thing, "member"):
        yield from (("member", value, kind) for kind in (_PART, _OTHER) if kind not in types[value])
    yield from (("joined", value) for value in values(thing, "joined") if value in _THINGS)


def write_shapes(path: Path, *, order: Iterable[str] = SHAPES, blank_lines: int = 0) -> Path:
    """Write the shapes in an order."""
    path.write_text(_PREFIXES + "\n" * blank_lines + _HEAD + "\n".join(order) + "\n", encoding="utf-8")
    return path


def judge(data: Iterable[Triple], shapes: Path, *, engine: str = "auto") -> Report:
    """Judge a graph."""
    with loaded((*triple, "") for triple in data) as table:
        return Report(judge_shapes(table, shapes=[str(shapes)], engine=engine).findings)


def run(number: int, *, seed: int = 0) -> Counter[str]:
    """Try changes until as many of them made a new defect; count what they were and what was told.

    Raises:
        AssertionError: A new defect was accepted, or something else was told; the message has the seed.
    """
    counts = Counter[str]()
    with TemporaryDirectory() as folder:
        shapes = write_shapes(Path(folder, "shapes.ttl"))
        while counts["new"] < number:
            chance = random.Random(seed)
            data = make_data(chance)
            before, known = list_defects(data), read_baseline(write_baseline(judge(data, shapes)), name="baseline")
            for step in range(50):
                changed = change(data, chance)
                expected = bool(list_defects(changed) - before)
                if not expected and chance.random() < 0.7:  # most changes do no harm
                    continue
                compared = compare_report(judge(changed, shapes), known=known)
                assert bool(compared.report.findings) is expected, (seed, step, list_defects(changed) - before, sorted(changed ^ data))
                counts["new" if expected else "none new"] += 1
                if counts["new"] == number:
                    break
            seed += 1
    return counts


if __name__ == "__main__":
    print(dict(run(int(sys.argv[1]))))
