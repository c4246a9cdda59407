"""Why a SPARQL query of one's own finds nothing: a term of it that the data does not have, or has
otherwise.
"""

import re
from collections.abc import Iterator

from airm_graph.errors import QueryError
from airm_graph.namespaces import BASE, PREFIXES, rebase_text
from airm_graph.query.library import Answering
from airm_graph.query.nearest import list_nearest

__all__ = ["explain_own_query"]

_TEXT = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_IRI = r"<([^<>\"{}|^`\\\s]*)>"
_NAME = r"(?<![\w:?$@-])([A-Za-z][\w.-]*|):([\w%-](?:[\w.%-]*[\w%-])?)"
#: A comment, or what holds a sign that begins none.
_COMMENT = re.compile(rf"({_TEXT}|{_IRI})|#[^\n]*")
_PREFIX = re.compile(rf"\bPREFIX\s+([A-Za-z][\w.-]*|):\s*{_IRI}", re.IGNORECASE)
_TOKEN = re.compile(rf"{_TEXT}|{_IRI}|{_NAME}")
#: A property, and a text or a number as its value.
_VALUE = re.compile(rf"(?:{_IRI}|{_NAME})\s+(?:(?P<text>{_TEXT})(?P<tag>@[\w-]+|\^\^)?|(?P<number>\d+(?:\.\d+)*)(?=[\s;,.}}]))")
_CODE = re.compile(r"taxonomy/(v\d+)/([\d.]*\d)")
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)
_MOST = 3


def explain_own_query(store: Answering, query: str, *, base: str) -> str:
    """Say why a query of one's own found nothing.

    Args:
        store: Answered it.
        query: Its SPARQL.
        base: What the IRIs of the data begin with.

    Returns:
        A sentence: what of the query is not in the data, or that all of it is.
    """
    text = _COMMENT.sub(lambda found: found[1] or " ", query)
    try:
        found = list(dict.fromkeys(_Own(store, base, text).find_reasons()))
    except QueryError:
        found = []  # a term that this reading took apart wrongly
    if not found:
        return "every name in the query is in this data, but nothing fits the whole pattern; take parts of it away to see which one"
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return "; ".join(found[:_MOST]) + more


class _Own:
    """A query without comments, and what it asks."""

    def __init__(self, store: Answering, base: str, text: str) -> None:
        self._store, self._base = store, base
        self._prefixes = dict(_PREFIX.findall(text))
        self._body = _PREFIX.sub(" ", text)
        self._airm = rebase_text(PREFIXES["airm"], base)

    def _holds(self, pattern: str) -> bool:
        return bool(self._store.select(f"SELECT * WHERE {{ {pattern} }} LIMIT 1")[1])

    def _list(self, pattern: str, folder: str) -> list[str]:
        """List what stands behind the folder in the IRIs of a pattern."""
        asked = f'SELECT DISTINCT ?x WHERE {{ {pattern} FILTER(STRSTARTS(STR(?x), "{folder}")) }} ORDER BY ?x LIMIT 5000'
        return [row[0][1 + len(folder) : -1] for row in self._store.select(asked)[1] if row[0]]

    def find_reasons(self) -> Iterator[str]:
        """Find what of the query is not in the data."""
        if _GRAPH.search(self._body) and not self._holds(f"GRAPH ?g {{ ?s a <{self._airm}Mitigation> }}"):
            yield "this data has no named graphs, which GRAPH asks for; ask a dist folder or airm.nq, or leave GRAPH out"
        for iri in dict.fromkeys(self._list_iris()):
            if reason := self._explain_iri(iri):
                yield reason
        for found in _VALUE.finditer(self._body):
            if reason := self._explain_value(found):
                yield reason

    def _list_iris(self) -> Iterator[str]:
        for found in _TOKEN.finditer(self._body):
            iri = self._expand(*found.groups())
            if iri:
                yield iri

    def _expand(self, iri: str | None, prefix: str | None, local: str | None) -> str:
        if iri:
            return iri if ":" in iri else ""
        return f"{self._prefixes[prefix]}{local}" if local and prefix in self._prefixes else ""

    def _explain_iri(self, iri: str) -> str:
        if iri.startswith((PREFIXES["xsd"], PREFIXES["rdf"])) or "\\" in iri:
            return ""
        if iri.startswith(BASE) and not self._base.startswith(BASE) and not iri.startswith(self._base):
            return f"<{iri}> has another base: the IRIs of this data begin with {self._base}"
        is_there = self._holds(
            f"{{ <{iri}> ?p ?o }} UNION {{ ?s <{iri}> ?o }} UNION {{ ?s ?p <{iri}> }} UNION {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
        )
        if code := _CODE.fullmatch(iri.removeprefix(self._base)):
            return self._explain_code(iri, *code.groups(), is_there=is_there)
        if iri.startswith(self._airm):
            return self._explain_term(iri, is_there=is_there)
        if is_there:
            return ""
        folder = iri[: max(iri.rfind("/"), iri.rfind("#")) + 1]
        names = sorted({*self._list("?x ?p ?o", folder), *self._list("?s ?x ?o", folder)})
        near = f"; {list_nearest(iri.removeprefix(folder), names)}" if names else f"; nothing in it begins with {folder}"
        return f"<{iri}> is not in this data{near}"

    def _explain_code(self, iri: str, edition: str, code: str, *, is_there: bool) -> str:
        scheme = f"{self._base}taxonomy/"
        if not is_there:
            names = self._list("?x a ?class", f"{scheme}{edition}/")
            others = [other for other in ("v1", "v2") if other != edition and self._holds(f"<{scheme}{other}/{code}> ?p ?o")]
            also = f"it is one of {others[0]}" if others else list_nearest(code, names)
            return f"no code of {edition} is {code!r}; {also}"
        if self._holds(f"?m <{self._airm}underCode> <{iri}>") or "airm" not in f"{self._prefixes} {self._body}":
            return ""
        used = [other for other in ("v1", "v2") if self._holds(f"?m <{self._airm}underCode> <{scheme}{other}/{code}>")]
        every = [other for other in ("v1", "v2") if self._list("?m <" + self._airm + "code> ?x", f"{scheme}{other}/")]
        told = (
            f"; some have {code} of {used[0]}"
            if used
            else f"; the codes of this data are of {', '.join(every)}"
            if edition not in every
            else ""
        )
        return f"no mitigation has the code {edition} {code}{told}"

    def _explain_term(self, iri: str, *, is_there: bool) -> str:
        """Say of a term of the ontology that it is none, or that the data does not use it."""
        name = iri.removeprefix(self._airm)
        if not is_there:
            return f"the ontology has no term airm:{name}; {list_nearest(name, self._list('?x ?p ?o', self._airm))}"
        if name[:1].isupper():
            return "" if self._holds(f"?s a <{iri}>") else f"nothing in this data is an airm:{name}"
        return "" if self._holds(f"?s <{iri}> ?o") else f"nothing in this data has the property airm:{name}"

    def _explain_value(self, found: re.Match[str]) -> str:
        """Say of a text behind a property that nothing has it there."""
        iri = self._expand(*found.groups()[:3])
        if not iri or not self._holds(f"?s <{iri}> ?o"):
            return ""
        if number := found["number"]:
            is_text = self._holds(f'?s <{iri}> "{number}"') and not self._holds(f"?s <{iri}> {number}")
            return f'{number} is a text in this data: write "{number}"' if is_text else ""
        text, tag = found["text"], found["tag"]
        if tag == "^^" or self._holds(f"?s <{iri}> {text}{tag or ''}"):
            return ""
        if tag and self._holds(f"?s <{iri}> {text}"):
            return f"{text} has no language tag in this data: leave {tag} out"
        return f"nothing in this data has {text}{tag or ''} as a value of <{iri}>"
