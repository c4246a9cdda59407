"""The integrity constraints of the RDF Data Cube Vocabulary, in our own words: each query finds what is wrong.

Source:
    The RDF Data Cube Vocabulary, section 11.1 (names and meaning of IC-1 to IC-21).
"""

import rdflib

_HEAD = """PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
#: Dimensions, measures and attributes that the structure of an observation ?o declares, as ?part.
_DECLARED = (
    "?o qb:dataSet ?set . ?set qb:structure ?dsd . ?dsd qb:component ?spec . ?spec qb:componentProperty ?part . ?part a qb:%sProperty ."
)
_WRONG = {
    # An observation belongs to exactly one data set.
    "IC-1": "{ ?o a qb:Observation MINUS { ?o qb:dataSet ?set } } UNION { ?o a qb:Observation ; qb:dataSet ?x, ?y FILTER(?x != ?y) }",
    # A data set has exactly one structure.
    "IC-2": "{ ?o a qb:DataSet MINUS { ?o qb:structure ?dsd } } UNION { ?o a qb:DataSet ; qb:structure ?x, ?y FILTER(?x != ?y) }",
    # A structure has a measure.
    "IC-3": "?o a qb:DataStructureDefinition "
    "MINUS { ?o qb:component ?spec . ?spec qb:componentProperty ?part . ?part a qb:MeasureProperty }",
    # A dimension has a range.
    "IC-4": "?o a qb:DimensionProperty MINUS { ?o rdfs:range ?range }",
    # A dimension of concepts has a list of them.
    "IC-5": "?o a qb:DimensionProperty ; rdfs:range skos:Concept MINUS { ?o qb:codeList ?list }",
    # Only attributes are optional.
    "IC-6": "?dsd qb:component ?o . ?o qb:componentRequired ?said ; qb:componentProperty ?part FILTER(!?said) "
    "MINUS { ?part a qb:AttributeProperty }",
    # The key of slices belongs to a structure.
    "IC-7": "?o a qb:SliceKey MINUS { ?dsd a qb:DataStructureDefinition ; qb:sliceKey ?o }",
    # What a key of slices fixes is declared by its structure.
    "IC-8": "?dsd qb:sliceKey ?o . ?o a qb:SliceKey ; qb:componentProperty ?part "
    "MINUS { ?dsd qb:component ?spec . ?spec qb:componentProperty ?part }",
    # A slice has exactly one key.
    "IC-9": "{ ?o a qb:Slice MINUS { ?o qb:sliceStructure ?key } } UNION { ?o a qb:Slice ; qb:sliceStructure ?x, ?y FILTER(?x != ?y) }",
    # A slice has a value for each dimension of its key.
    "IC-10": "?o qb:sliceStructure ?key . ?key qb:componentProperty ?part FILTER NOT EXISTS { ?o ?part ?value }",
    # An observation has a value for each dimension.
    "IC-11": _DECLARED % "Dimension" + "FILTER NOT EXISTS { ?o ?part ?value }",
    # An observation has the attributes that are required.
    "IC-13": _DECLARED % "Attribute" + "?spec qb:componentRequired ?said FILTER(?said) FILTER NOT EXISTS { ?o ?part ?value }",
    # Without a measure dimension, an observation has every measure.
    "IC-14": _DECLARED % "Measure"
    + "FILTER NOT EXISTS { ?dsd qb:component/qb:componentProperty qb:measureType } FILTER NOT EXISTS { ?o ?part ?v }",
    # With one, it has the measure that it names,
    "IC-15": "?o qb:dataSet/qb:structure/qb:component/qb:componentProperty qb:measureType ; qb:measureType ?m "
    "FILTER NOT EXISTS { ?o ?m ?v }",
    # and no other,
    "IC-16": _DECLARED % "Measure" + "?o qb:measureType ?m ; ?part ?value FILTER(?part != ?m)",
    # and the same point has an observation for every measure.
    "IC-17": _DECLARED % "Measure" + "?o qb:measureType ?m FILTER NOT EXISTS { ?other qb:dataSet ?set ; qb:measureType ?part }",
    # An observation of a slice belongs to the data set that holds the slice.
    "IC-18": "?set qb:slice ?slice . ?slice qb:observation ?o FILTER NOT EXISTS { ?o qb:dataSet ?set }",
    # A value is a concept of the list of its dimension: of a scheme,
    "IC-19a": _DECLARED % "Dimension" + "?part qb:codeList ?list . ?list a skos:ConceptScheme . ?o ?part ?value "
    "FILTER NOT EXISTS { ?value a skos:Concept ; skos:inScheme ?list }",
    # or of a collection.
    "IC-19b": _DECLARED % "Dimension" + "?part qb:codeList ?list . ?list a skos:Collection . ?o ?part ?value "
    "FILTER NOT EXISTS { ?value a skos:Concept . ?list skos:member+ ?value }",
    # Values of a hierarchical list are roots, or reached from one by the property of parents and children (all paths in `_find_lost`).
}


def find_broken(cube: rdflib.Graph) -> list[str]:
    """Names of the constraints that a cube breaks."""
    broken = [name for name, where in _WRONG.items() if next(iter(cube.query(f"{_HEAD}SELECT ?o WHERE {{ {where} }} LIMIT 1")), None)]
    return sorted([*broken, *(["IC-12"] if _has_twins(cube) else []), *_find_lost(cube)])


def _has_twins(cube: rdflib.Graph) -> bool:
    """Whether two observations of a data set have the same values of all dimensions (IC-12)."""
    dimensions = (
        f"{_HEAD}SELECT ?set ?part WHERE {{ ?set qb:structure/qb:component/qb:componentProperty ?part . ?part a qb:DimensionProperty }}"
    )
    parts: dict[rdflib.term.Node, list[rdflib.term.Node]] = {}
    for data_set, part in cube.query(dimensions):
        parts.setdefault(data_set, []).append(part)
    qb = rdflib.Namespace("http://purl.org/linked-data/cube#")
    points = [
        (data_set, *(cube.value(one, part) for part in sorted(names)))
        for data_set, names in parts.items()
        for one in cube.subjects(qb.dataSet, data_set)
    ]
    return len(points) != len(set(points))


def _find_lost(cube: rdflib.Graph) -> list[str]:
    """Whether a value is not below a root of its hierarchical list, by a property from parent to child (IC-20) or its inverse (IC-21)."""
    hierarchy = f"""{_HEAD}PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?list ?part ?down ?up WHERE {{ ?part a qb:DimensionProperty ; qb:codeList ?list . ?list a qb:HierarchicalCodeList
          {{ ?list qb:parentChildProperty ?down FILTER(isIRI(?down)) }} UNION {{ ?list qb:parentChildProperty/owl:inverseOf ?up }} }}"""
    qb = rdflib.Namespace("http://purl.org/linked-data/cube#")
    lost = set()
    for codes, part, down, up in cube.query(hierarchy):
        found = set(cube.objects(codes, qb.hierarchyRoot))
        ends = list(found)
        while ends:
            node = ends.pop()
            new = set(cube.objects(node, down) if down else cube.subjects(up, node)) - found
            found |= new
            ends += new
        if set(cube.objects(None, part)) - found:
            lost.add("IC-20" if down else "IC-21")
    return sorted(lost)
