"""RDF/XML as the parser takes it: in UTF-8, with the line ends of XML, and each text in one piece.

Source:
    XML 1.0, 2.11 (line ends), 2.4 to 2.7 (what a text is made of), 4.3.3 (encodings); RDF 1.1 XML
    Syntax, 7.2.15 (``rdf:parseType`` of another value is that of a literal).
"""

import codecs
import re

from airm_graph.errors import StoreError

__all__ = ["join_texts", "to_utf8"]

_DECLARED = re.compile(r"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
#: What Python reads as encodings and nobody writes XML in; some take the square of the length.
_NO_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
#: What the parser refuses within a text; with what follows.
_ASIDE = re.compile(rb"<(?:!--.*?--|\?.*?\?)>\s*(?P<next>.?)", re.DOTALL)
_PIECE = re.compile(rb"""<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>|<(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
#: What the parser passes over.
_OTHER = re.compile(rb"""(:parseType\s*=\s*)(["'])(?!Resource\2|Literal\2|Collection\2)[^"']*\2""")


def to_utf8(data: bytes, name: str) -> bytes:
    r"""Write XML in UTF-8, and its line ends as LF.

    Raises:
        StoreError: The encoding that it states is not known, or not that of the file; the message
            names the file, and the line where there is one.

    >>> to_utf8(b'<?xml version="1.0" encoding="latin-1"?>\r\n<\xe9/>', "a.rdf").decode()
    '<?xml version="1.0" encoding="UTF-8"?>\n<é/>'
    """
    wide = data.startswith(_MARKS)
    stated = _DECLARED.match(data[:200].decode("utf-16" if wide else "latin-1", errors="replace"))
    encoding = "utf-16" if wide else stated[1] if stated else "utf-8"
    if encoding.lower() != "utf-8":
        try:
            text = data.decode("" if codecs.lookup(encoding).name in _NO_ENCODINGS else encoding)
        except LookupError as error:
            raise StoreError(f"{name}: not readable as RDF: the encoding {encoding} is not known; save the file in UTF-8") from error
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise StoreError(f"{name}:{line}: not readable as RDF: the file is not in {encoding}, as it says") from error
        if stated := _DECLARED.match(text):
            text = f"{text[: stated.start(1)]}UTF-8{text[stated.end(1) :]}"
        data = text.encode()
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def join_texts(data: bytes) -> bytes:
    r"""Leave comments and instructions out, write marked sections as text, and call every other
    ``rdf:parseType`` that of a literal; for well-formed XML without a document type.

    No line of a tag changes: line ends that are left out stand in the next tag.

    >>> join_texts(b"<p>a <!-- \n --><![CDATA[<b>]]></p>")
    b'<p>a &lt;b&gt;</p\n>'
    """
    if b"<![CDATA[" not in data and not _OTHER.search(data) and not any(_is_in_text(found) for found in _ASIDE.finditer(data)):
        return data
    left_out = 0

    def write(found: re.Match[bytes]) -> bytes:
        nonlocal left_out
        piece = found[0]
        if found[1] is not None:
            # What xml.sax.saxutils does, which would load all of urllib.
            return found[1].replace(b"&", b"&amp;").replace(b">", b"&gt;").replace(b"<", b"&lt;")
        if piece.startswith(b"<!--") or (piece.startswith(b"<?") and found.start()):
            left_out += piece.count(b"\n")
            return b""
        if piece.startswith(b"<?"):
            return piece
        end = b"/>" if piece.endswith(b"/>") else b">"
        piece = piece.removesuffix(end) + b"\n" * left_out + end
        left_out = 0
        return _OTHER.sub(rb"\1\2Literal\2", piece)

    return _PIECE.sub(write, data)


def _is_in_text(found: re.Match[bytes]) -> bool:
    """Tell whether there is text beside a comment or an instruction."""
    before = found.start() - 1
    while before >= 0 and found.string[before : before + 1].isspace():
        before -= 1
    return before >= 0 and (found["next"] not in (b"<", b"") or found.string[before : before + 1] != b">")
