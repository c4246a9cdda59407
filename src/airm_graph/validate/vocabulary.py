"""The terms of the SHACL namespace: what is understood here, and what no engine would judge.

A misspelt term constrains nothing, and neither does one that an engine does not know: such shapes
pass whatever they are given. So both are errors, with file and line.

Source:
    SHACL, appendix on terms; SHACL Advanced Features; drafts of SHACL 1.2 (Core, Node Expressions).
"""

import re

from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import Quad

__all__ = ["SHACL_12", "find_strange_term", "has_rules"]

_SH = f"<{PREFIXES['sh']}"
#: Namespaces that look like SHACL's.
_LIKE_SHACL = re.compile(r"<https?://(?:www\.)?w3\.org/ns/shacl[#/]", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Constraints of SHACL 1.2 that are compiled here, and that pyshacl does not know.
SHACL_12 = _words("maxListLength memberShape minListLength singleLine someValue subsetOf uniqueMembers")
_KNOWN = (
    _words(
        """
        AbstractResult BlankNode BlankNodeOrIRI BlankNodeOrLiteral ConstraintComponent Debug IRI IRIOrLiteral Info Literal NodeKind
        NodeShape Parameter Parameterizable PrefixDeclaration PropertyGroup PropertyShape ResultAnnotation SPARQLAskExecutable
        SPARQLAskValidator SPARQLConstraint SPARQLConstructExecutable SPARQLExecutable SPARQLSelectExecutable SPARQLSelectValidator
        SPARQLUpdateExecutable Severity Shape Trace ValidationReport ValidationResult Validator Violation Warning
        alternativePath and annotationProperty annotationValue annotationVarName ask class closed conforms construct datatype deactivated
        declare defaultValue description detail disjoint equals flags focusNode group hasValue ignoredProperties in inversePath
        labelTemplate languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength message minCount minExclusive
        minInclusive minLength name namespace node nodeKind nodeValidator not oneOrMorePath optional or order parameter path pattern
        prefix prefixes property propertyValidator qualifiedMaxCount qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint
        result resultAnnotation resultMessage resultPath resultSeverity select severity shapesGraph shapesGraphWellFormed sourceConstraint
        sourceConstraintComponent sourceShape sparql suggestedShapesGraph targetClass targetNode targetObjectsOf targetSubjectsOf
        uniqueLang update validator value xone zeroOrMorePath zeroOrOnePath
        """
    )
    | SHACL_12
)
#: They derive statements or help editors, and constrain nothing: passed over.
_RULES = _words(
    """
    Function Rule SPARQLFunction SPARQLRule TripleRule condition expectedPredicate object predicate returnType rule subject
    """
)
#: Terms of drafts and extensions that no engine here knows.
_FOREIGN = _words(
    """
    JSConstraint JSConstraintComponent JSExecutable JSFunction JSLibrary JSRule JSTarget JSTargetType JSValidator ListNodeExpression
    NodeExpression SPARQLTarget SPARQLTargetType Target TargetType codeIdentifier conformanceDisallows count deepest distinct else
    entailment every exists expression filterShape flatMap groupConcat if intersection intersects js jsFunctionName jsLibrary
    jsLibraryURL limit max min minus nodeByExpression nodes offset orderBy reificationRequired reifierShape rootClass shape
    sparqlExpr subclassOf sum target targetShape targetWhere then this union uniqueValuesFor uniqueValuesForClass unionOf values
    """
)
#: Properties whose values are terms of SHACL.
_NAMING = frozenset((term("rdf:type"), term("sh:nodeKind"), term("sh:severity")))


def find_strange_term(row: Quad) -> str:
    """Say what is wrong with the terms of SHACL in a row of a shapes graph; empty when nothing
    is.
    """
    _, predicate, value, _ = row
    named = (predicate, value) if predicate in _NAMING else (predicate,)
    for text in named:
        if _LIKE_SHACL.match(text) and not text.startswith(_SH):
            return f"{text} is no term of SHACL, whose terms begin with {PREFIXES['sh']}"
    for name in (text[len(_SH) : -1] for text in named if text.startswith(_SH)):
        if name in _FOREIGN:
            return f"sh:{name} is understood by no engine here, so nothing would be judged by it"
        if name not in _KNOWN and name not in _RULES:
            from difflib import get_close_matches

            close = get_close_matches(name, sorted(_KNOWN), n=1, cutoff=0.6)
            return f"sh:{name} is no term of SHACL" + (f"; did you mean sh:{close[0]}?" if close else "")
    return ""


def has_rules(row: Quad) -> bool:
    """Tell whether a row belongs to a rule, which is not run."""
    return row[1] in (f"{_SH}rule>", f"{_SH}condition>")
