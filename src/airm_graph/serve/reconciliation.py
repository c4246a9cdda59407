"""Reconcile names with entities, suggest entities, and read their values. Workers run this.

Source:
    W3C Entity Reconciliation Community Group, Reconciliation Service API, versions 0.2 (sections 4
    to 7) and 1.0-draft.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from airm_graph.errors import ParameterError
from airm_graph.namespaces import PREFIXES, rebase_text, term
from airm_graph.search.entities import ENTITY_TYPES, Entity
from airm_graph.search.name_index import NameIndex, NameMatch, fold_name
from airm_graph.terms import read_literal

__all__ = ["Reconciler"]

Json = dict[str, Any]

#: Feature → what it says.
_FEATURES = {
    "exact_identifier": "The text is an identifier or notation",
    "exact_name": "The text is the name, but for case and marks",
    "words": "Words in common, rare ones weigh more (0 to 100)",
    "letters": "Letters in common, in their order (0 to 100)",
    "type": "Has the type that was asked for",
    "properties": "Properties that agree (0 to 100)",
}
#: What properties weigh beside the name.
_PROPERTIES_WEIGH = 0.3
#: What the score of an entity of another type is multiplied by, where types are a wish.
_OTHER_TYPE = 0.8
#: How well the text of a value has to match the name of an entity to stand for it.
_VALUE_FROM = 0.6


class Reconciler:
    """Answers each operation of the service from one index."""

    def __init__(self, entities: Sequence[Entity], *, base: str, labels: Mapping[str, str]) -> None:
        """Index entities.

        Args:
            entities: What names are reconciled with.
            base: Of the IRIs.
            labels: IRI of a property → its label; others are called by the last part of their IRI.
        """
        self._index, self._base = NameIndex(entities), base
        self._types = {rebase_text(term(name), base)[1:-1]: label for name, label in ENTITY_TYPES.items()}
        self._by_iri = {entity.iri: entity for entity in entities}
        self._numbers: dict[str, list[int]] = {iri: [] for iri in self._types}
        used: dict[str, set[str]] = {iri: set() for iri in self._types}
        for number, entity in enumerate(entities):
            self._numbers[entity.type].append(number)
            used[entity.type].update(entity.values)
        self._used = {kind: sorted(found) for kind, found in used.items()}
        self._properties = {iri: labels.get(iri, _split_name(iri)) for iri in sorted(set().union(*used.values()))}
        self._resolve = lru_cache(1024)(self._find_value)

    def answer(self, operation: str, arguments: Mapping[str, Any]) -> Json:
        """Answer one operation.

        Raises:
            ParameterError: There is no such type or property.
        """
        answers: dict[str, Callable[..., Json]] = {
            "match": self._match,
            "suggest": self._suggest,
            "extend": self._extend,
            "propose": self._propose,
        }
        answers |= {"describe": self._describe, "types": self._list_types}
        return answers[operation](**arguments)

    def _match(self, queries: Sequence[Json]) -> Json:
        return {"results": [self._match_one(query) for query in queries]}

    def _match_one(self, query: Json) -> list[Json]:
        types = [self._find_type(name) for name in query["types"]]
        # Each entity has one type here: none has all of several.
        wanted = set(types) if query["strict"] != "all" or len(set(types)) < 2 else set()
        among = None if not types or query["strict"] == "should" else [number for kind in wanted for number in self._numbers[kind]]
        conditions = [{**one, "property": self._find_property(one["property"])} for one in query["conditions"]]
        rated = (self._rate(match, conditions, types) for match in self._find_matches(query["names"], conditions, among))
        found = [one for one in rated if one is not None]
        found.sort(key=lambda one: (-one["_rank"], -one["score"], -one["_letters"], one["id"]))
        first = found[:2]
        if first and first[0]["_exact"] and (len(first) < 2 or _rank(first[1]) < _rank(first[0])):
            first[0]["match"] = True
        return [{name: value for name, value in one.items() if name[0] != "_"} for one in found[: query["limit"]]]

    def _find_matches(self, names: Sequence[str], conditions: Sequence[Json], among: list[int] | None) -> list[NameMatch]:
        best: dict[str, NameMatch] = {}
        for name in names:
            for match in self._index.match(name, among=among):
                held = best.get(match.entity.iri)
                if held is None or (match.is_key, match.score) > (held.is_key, held.score):
                    best[match.entity.iri] = match
        if names or not conditions:
            return list(best.values())
        chosen = range(len(self._index.entities)) if among is None else among
        found = (self._index.entities[number] for number in chosen)
        agreeing = (entity for entity in found if any(self._agree(entity, condition) for condition in conditions))
        return [NameMatch(entity, score=0.0) for entity in agreeing]

    def _rate(self, match: NameMatch, conditions: Sequence[Json], types: Sequence[str]) -> Json | None:
        entity, agreed = match.entity, [self._agree(match.entity, condition) for condition in conditions]
        if any(condition["required"] and value < _VALUE_FROM for condition, value in zip(conditions, agreed, strict=True)):
            return None
        properties = sum(agreed) / len(agreed) if agreed else None
        is_named = match.score > 0
        score = match.score if properties is None else (1 - _PROPERTIES_WEIGH) * match.score + _PROPERTIES_WEIGH * properties
        score = properties if not is_named and properties is not None else score
        score *= _OTHER_TYPE if types and entity.type not in types else 1
        values: Json = {"exact_identifier": match.is_key, "exact_name": match.is_name}
        values |= {"words": round(100 * match.words, 1), "letters": round(100 * match.letters, 1)}
        values |= {"type": entity.type in types} if types else {}
        values |= {} if properties is None else {"properties": round(100 * properties, 1)}
        return {
            **self._show(entity),
            "score": round(100 * score, 2),
            "match": False,
            "features": [{"id": name, "name": _FEATURES[name], "value": value} for name, value in values.items()],
            "_rank": match.is_key,
            "_letters": match.letters,
            "_exact": (match.is_key or match.is_name) and properties in {None, 1.0},
        }

    def _show(self, entity: Entity) -> Json:
        shown = {"id": entity.iri, "name": entity.name, "type": [{"id": entity.type, "name": self._types[entity.type]}]}
        return shown | ({"description": entity.description} if entity.description else {})

    def _agree(self, entity: Entity, condition: Json) -> float:
        """Say how well the values of a property are those of a condition, from 0 to 1."""
        values = entity.values.get(condition["property"], ())
        shares = [max((self._compare(value, asked) for value in values), default=0.0) for asked in condition["values"]]
        if condition["quantifier"] == "none":
            return 1.0 - max(shares, default=0.0)
        return min(shares, default=0.0) if condition["quantifier"] == "all" else max(shares, default=0.0)

    def _compare(self, value: str, asked: str) -> float:
        if value.startswith("<"):
            return 1.0 if value[1:-1] == asked else self._resolve(asked).get(value[1:-1], 0.0)
        return 1.0 if fold_name(read_literal(value).text) == fold_name(asked) else 0.0

    def _find_value(self, text: str) -> Mapping[str, float]:
        """Find the entities that the text of a value may stand for: all of the best score."""
        found = self._index.match(text)
        if not found or found[0].score < _VALUE_FROM:
            return {}
        first = found[0]
        return {one.entity.iri: one.score for one in found if (one.is_key, one.score) == (first.is_key, first.score)}

    def _find_type(self, name: str) -> str:
        expanded = self._expand(name)
        found = next((iri for iri, label in self._types.items() if expanded == iri or name.casefold() == label.casefold()), None)
        if found is None:
            raise ParameterError(f"there is no type {name[:80]!r}; there are {', '.join(self._types)}", parameter="type")
        return found

    def _find_property(self, name: str) -> str:
        expanded = self._expand(name)
        found = next((iri for iri, label in self._properties.items() if expanded == iri or name.casefold() == label.casefold()), None)
        if found is None:
            raise ParameterError(
                f"there is no property {name[:80]!r}; /reconcile/suggest/property lists those there are", parameter="properties"
            )
        return found

    def _expand(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return rebase_text(PREFIXES[prefix] + local, self._base) if colon and prefix in PREFIXES else name

    def _list_types(self) -> Json:
        return {"result": [{"id": iri, "name": label} for iri, label in self._types.items() if self._numbers[iri]]}

    def _suggest(self, what: str, prefix: str, type: str, limit: int, cursor: int) -> Json:  # noqa: A002 - as the API calls it
        if what == "entity":
            kind, most = self._find_type(type) if type else "", cursor + limit
            begun = self._index.begin(prefix, most=len(self._index.entities) if kind else most)
            entities = dict.fromkeys(entity.iri for entity in (*self._index.find_key(prefix), *begun))
            entities |= dict.fromkeys(match.entity.iri for match in self._index.match(prefix))
            chosen = [self._by_iri[iri] for iri in entities if kind in {"", self._by_iri[iri].type}]
            shown = [self._show(entity) for entity in chosen]
            found = [{("notable" if name == "type" else name): value for name, value in one.items()} for one in shown]
        else:
            known = self._list_types()["result"] if what == "type" else self._list_properties("")
            asked = fold_name(prefix)
            found = [one for one in known if asked in fold_name(one["name"]) or prefix == one["id"] or self._expand(prefix) == one["id"]]
            found.sort(key=lambda one: not fold_name(one["name"]).startswith(asked))
        return {"result": found[cursor : cursor + limit]}

    def _list_properties(self, kind: str) -> list[Json]:
        used = self._used[kind] if kind else self._properties
        return [{"id": iri, "name": self._properties[iri]} for iri in used]

    def _propose(self, type: str, limit: int) -> Json:  # noqa: A002 - as the API calls it
        return {"properties": self._list_properties(self._find_type(type) if type else "")[:limit], "type": type, "limit": limit}

    def _extend(self, ids: Sequence[str], properties: Sequence[str]) -> Json:
        """Read values; names of properties come back as they were asked for."""
        known = {name: self._find_property(name) for name in properties}
        entities = {given: self._by_iri.get(self._expand(given)) for given in ids}
        rows = {
            given: {name: [self._write_value(one) for one in entity.values.get(iri, ())] if entity else [] for name, iri in known.items()}
            for given, entity in entities.items()
        }
        return {"meta": [{"id": name, "name": self._properties[iri]} for name, iri in known.items()], "rows": rows}

    def _write_value(self, value: str) -> Json:
        if value.startswith('"'):
            found = read_literal(value)
            is_whole = found.datatype == f"{PREFIXES['xsd']}integer" and found.text.lstrip("+-").isdecimal()
            return {"int": int(found.text)} if is_whole and len(found.text) < 19 else {"str": found.text}
        entity = self._by_iri.get(value[1:-1])
        return {"id": entity.iri, "name": entity.name} if entity else {"str": value[1:-1]}

    def _describe(self, what: str, id: str) -> Json:  # noqa: A002 - as the API calls it
        """Say what an entity, property or type is; without ``name`` where there is none."""
        if what == "entity":
            entity = self._by_iri.get(self._expand(id))
            return self._show(entity) if entity else {}
        names = self._types if what == "type" else self._properties
        iri = self._expand(id)
        return {"id": iri, "name": names[iri]} if iri in names else {}


def _rank(one: Json) -> tuple[int, float]:
    return one["_rank"], one["score"]


def _split_name(iri: str) -> str:
    """Write the last part of an IRI as words.

    >>> _split_name("http://purl.org/dc/terms/isReplacedBy")
    'is replaced by'
    """
    last = iri.replace("#", "/").rpartition("/")[2]
    return "".join(f" {one.lower()}" if one.isupper() else one for one in last).strip() or iri
