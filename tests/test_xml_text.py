"""RDF/XML whose texts, encodings and line ends XML allows: read as rdflib reads it, and errors have their line."""

from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

import airm_graph
from airm_graph.errors import StoreError
from airm_graph.graph.store import number_rows, parse_rows

HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/">'
TEXTS = {
    "marked section between texts": "a<![CDATA[<b> & ]]>c",
    "marked section of several lines": "<![CDATA[one\ntwo]]> three",
    "comment in a text": "a<!-- no\n -- text -->".replace(" -- ", " ") + "b",
    "instruction in a text": "a<?tool do?>b",
    "comment beside blanks": " a <!-- no --> ",
    "comment before an element": "\n <!-- 'no' -->\n <e:C rdf:about='https://example.org/b'/>",
    "line ends of another system": "a\r\nb\rc",
    "escapes and a marked section": "&lt;<![CDATA[&lt;]]>",
}


def document(text: str) -> str:
    return f'{HEAD}<rdf:Description rdf:about="https://example.org/a"><e:p>{text}</e:p><e:q>x &gt; y</e:q></rdf:Description></rdf:RDF>'


def write_lines(data: bytes) -> str:
    return "".join(f"{s} {p} {o} .\n" for s, p, o, _ in parse_rows(data, name="a.rdf", suffix=".rdf"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_of_several_pieces_is_read_as_one(text: str) -> None:
    found, expected = Graph(), Graph()
    found.parse(data=write_lines(document(text).encode()), format="nt")
    expected.parse(data=document(text).encode(), format="xml")
    assert isomorphic(found, expected)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "utf-8", "utf8"])
def test_encoding_that_is_stated_is_read(encoding: str) -> None:
    data = f"<?xml version='1.0' encoding='{encoding}'?>\n{document('é')}".encode(encoding)
    assert '"é"' in write_lines(data)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16"])
def test_line_of_a_file_in_another_encoding_is_quoted_as_it_reads(tmp_path: Path, encoding: str) -> None:
    data, shapes = tmp_path / "a.rdf", tmp_path / "shapes.ttl"
    data.write_bytes(f"<?xml version='1.0' encoding='{encoding}'?>\n{document('éé')}".encode(encoding))
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <https://example.org/> .\n"
        "e:S a sh:PropertyShape ; sh:targetSubjectsOf e:p ; sh:path e:p ; sh:maxLength 1 ."
    )
    report, _ = airm_graph.validate([data], shapes=[str(shapes)])
    (finding,) = report.findings
    assert finding.location is not None
    assert finding.location.first_line == 2
    assert "<e:p>éé</e:p>" in finding.location.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<?xml version='1.0' encoding='nonesuch'?>\n<a/>", r"^a\.rdf: .* encoding nonesuch is not known; save the file in UTF-8"),
        (b"<?xml version='1.0' encoding='punycode'?>\n<a/>", r"^a\.rdf: .* encoding punycode is not known; save the file in UTF-8"),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n\n<a>\xff</a>", r"^a\.rdf:3: not readable as RDF: no well-formed XML"),
        (b"<?xml version='1.0' encoding='cp1252'?>\n<a>\x81</a>", r"^a\.rdf:2: .* not in cp1252, as it says"),
        (document("\n\n&amp").encode(), r"^a\.rdf:3: not readable as RDF: no well-formed XML"),
        (document("</e:q>").encode(), r"^a\.rdf:1: .* mismatched tag"),
        (document("a\n<!-- \n -->\n<e:C/>").encode(), r"^a\.rdf:4: not readable as RDF: Unexpected"),
        (f"{HEAD}\n<e:C rdf:nodeID='1 2'/>\n</rdf:RDF>".encode(), r"^a\.rdf:2: not readable as RDF: .*nodeID"),
        (b"\n<!DOCTYPE a>\n<a/>", r"^a\.rdf:2: a document type or entity is refused"),
    ],
)
def test_error_of_xml_names_its_line(data: bytes, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        parse_rows(data, name="a.rdf", suffix=".rdf")
    assert "\n" not in str(caught.value)


def test_message_with_a_long_text_of_the_file_is_cut() -> None:
    with pytest.raises(StoreError) as caught:
        parse_rows(document("x" * 5000 + "<e:C/>").encode(), name="a.rdf", suffix=".rdf")
    assert len(str(caught.value)) < 400


def test_line_of_a_statement_behind_comments_in_texts_is_that_of_the_file() -> None:
    data = document("a<!-- \n\n -->b").replace("<e:q>", "\n<e:q>").encode()
    assert [line for _, line in number_rows(data, name="a.rdf", suffix=".rdf")][-1] == data.count(b"\n") + 1


def test_other_parse_type_is_that_of_a_literal() -> None:
    data = document("").replace("<e:p>", '<e:p rdf:parseType="Other"><e:b/>').encode()
    assert '<https://example.org/p> "<e:b ' in write_lines(data)
