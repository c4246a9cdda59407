"""What the schemas of the Reconciliation Service API ask of answers, in our own words, for versions 0.2 and 1.0-draft.

Source: https://reconciliation-api.github.io/specs/, folders 0.2/schemas and 1.0-draft/schemas; each constraint there on an answer is here,
and answers may be held to more than that by the tests that use these.
"""

from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
YES_OR_NO: Json = {"type": "boolean"}


def an_object(required: str = "", **properties: Json) -> Json:
    return {"type": "object", "required": required.split(), "properties": properties}


def a_list(items: Json) -> Json:
    return {"type": "array", "items": items}


def exactly(**properties: Json) -> Json:
    return {**an_object(" ".join(properties), **properties), "additionalProperties": False}


def matching(pattern: str) -> Json:
    return {**TEXT, "pattern": pattern}


#: A language tag and a direction may stand beside texts in 1.0-draft; ours are in English and left out.
NAMED = an_object("id name", id=TEXT, name=TEXT, description=TEXT)
TYPE_OR_ID: Json = {"oneOf": [an_object("id", id=TEXT, name=TEXT), TEXT]}
VALUE: Json = {"oneOf": [YES_OR_NO, NUMBER]}
TYPE = {**NAMED, "properties": {**NAMED["properties"], "broader": a_list(NAMED)}}
SETTING: Json = {"type": "object", "required": ["type", "name"]}
DATE = (
    r"^-?(?:[1-9]\d*)?\d{4}-(?:1[0-2]|0[1-9])-(?:3[01]|0[1-9]|[12]\d)T(?:2[0-3]|[01]\d):[0-5]\d:[0-5]\d"
    r"(?:\.\d+)?(?:Z|[+-](?:2[0-3]|[01]\d):[0-5]\d)?$"
)


def _candidate(required: str, feature: str) -> Json:
    features = a_list(an_object(feature, id=TEXT, name=TEXT, value=VALUE))
    about = {"id": TEXT, "name": TEXT, "description": TEXT, "score": NUMBER, "match": YES_OR_NO, "image": TEXT}
    return an_object(required, **about, features=features, type=a_list(TYPE_OR_ID))


#: A value has one form, and nothing beside it.
CELL: Json = {
    "oneOf": [
        {"type": "object", "maxProperties": 0},
        {**exactly(id=TEXT, name=TEXT), "properties": {"id": TEXT, "name": TEXT, "description": TEXT}},
        exactly(str=TEXT),
        exactly(float=NUMBER),
        exactly(int={"type": "integer"}),
        exactly(date=matching(DATE)),
    ]
}
META = a_list(an_object("id name", id=TEXT, name=TEXT, type=an_object("id", id=TEXT, name=TEXT), service=matching("^https?://")))
SIZE = {"width": {"type": "integer"}, "height": {"type": "integer"}}
COMMON = {
    "name": TEXT,
    "documentation": TEXT,
    "serviceVersion": TEXT,
    "logo": TEXT,
    "defaultTypes": {**a_list(TYPE), "uniqueItems": True},
}
_SERVICE = an_object(service_url=TEXT, service_path=TEXT, flyout_service_url=TEXT, flyout_service_path=matching(r"\$\{id\}"))
_SUGGESTED = an_object("result", result=a_list({**NAMED, "properties": {**NAMED["properties"], "notable": a_list(TYPE_OR_ID)}}))

CELLS = {"type": "object", "additionalProperties": a_list(CELL)}
ROW = an_object("id properties", id=TEXT, properties=a_list(an_object("id values", id=TEXT, values=a_list(CELL))))

#: Version → what is answered → schema.
SCHEMAS: dict[str, dict[str, Json]] = {
    "0.2": {
        "manifest": an_object(
            "versions name identifierSpace schemaSpace",
            **COMMON,
            versions={**a_list(TEXT), "contains": {"const": "0.2"}},
            identifierSpace=TEXT,
            schemaSpace=TEXT,
            view=an_object("url", url=matching(r"\{\{id\}\}")),
            preview=an_object("url width height", url=matching(r"\{\{id\}\}"), **SIZE),
            suggest=an_object(entity=_SERVICE, property=_SERVICE, type=_SERVICE),
            extend=an_object(propose_properties=an_object(service_url=TEXT, service_path=TEXT), property_settings=a_list(SETTING)),
        ),
        "match": {"type": "object", "additionalProperties": an_object("result", result=a_list(_candidate("id name score", "")))},
        "extend": an_object(
            "rows meta",
            meta=META,
            rows={"type": "object", "additionalProperties": CELLS},
        ),
        "propose": an_object("properties", properties=a_list(NAMED), type=TEXT, limit=NUMBER),
        "suggest": _SUGGESTED,
        "flyout": an_object("id html", id=TEXT, html=TEXT),
    },
    "1.0-draft": {
        "manifest": an_object(
            "versions name view",
            **COMMON,
            versions={**a_list(TEXT), "contains": {"const": "1.0-draft"}},
            view=an_object("url", url=matching(r"(?<!\{)\{id\}(?!\})")),
            preview=an_object("width height", **SIZE),
            suggest=an_object("entity property type", entity=YES_OR_NO, property=YES_OR_NO, type=YES_OR_NO),
            extend=an_object(proposeProperties=YES_OR_NO, propertySettings=a_list(SETTING)),
            standardizedScore=YES_OR_NO,
        ),
        "match": an_object("results", results=a_list(an_object("candidates", candidates=a_list(_candidate("id name", "id name value"))))),
        "extend": an_object("rows meta", meta=META, rows=a_list(ROW)),
        "propose": an_object("properties", properties=a_list(NAMED), type=TEXT, limit=NUMBER),
        "suggest": _SUGGESTED,
        "flyout": an_object("id html", id=TEXT, html=TEXT),
    },
}
