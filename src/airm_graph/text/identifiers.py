"""DOI and arXiv numbers as addresses, side-cars and tables print them → one form each."""

import re
from urllib.parse import unquote, urlsplit

__all__ = ["find_identifiers"]

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_FIELD = re.compile(r"(?:doi:?\s*)?(10\.\d{4,9}(?:\.\d+)*/\S+)\Z", re.IGNORECASE)
_ARXIV = r"(?:\d\d(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z\-]+(?:\.[a-z]{2})?/\d{7})"
_ARXIV_PATH = re.compile(rf"/(?:abs|pdf|html|format|ps|src|e-print)/({_ARXIV})(?:v\d+)?(?:\.pdf)?/?\Z", re.IGNORECASE)
_ARXIV_FIELD = re.compile(rf"arxiv:\s*({_ARXIV})(?:v\d+)?\Z", re.IGNORECASE)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV})(?:v\d+)?\Z")
_DOI_HOSTS = frozenset({"doi.org", "dx.doi.org", "www.doi.org"})
_ARXIV_HOSTS = ("arxiv.org", "alphaxiv.org")
# What a publisher's address says behind the number, and what a sentence puts behind it.
_BEHIND = re.compile(r"/(?:full|abstract|pdf|epdf|html|meta|fulltext)(?:/html)?\Z")
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}


def find_identifiers(*texts: str | None) -> tuple[str, ...]:
    """Return the numbers that addresses and fields give, each as ``doi:…`` or ``arxiv:…``, lower
    case and without a version; sorted.

    Args:
        texts: A number as printed (``10.1000/xyz``, ``doi:10.1000/xyz``, ``arXiv:2404.14068v2``),
            or an address that holds one.

    >>> find_identifiers("https://arxiv.org/pdf/2404.14068v2", "https://doi.org/10.48550/arXiv.2404.14068")
    ('arxiv:2404.14068',)
    >>> find_identifiers("https://doi.org/10.1145/3593013.3594011.", "https://example.org/report.pdf")
    ('doi:10.1145/3593013.3594011',)
    """
    found = (_find(text.strip()) for text in texts if text)
    return tuple(sorted({identifier for identifier in found if identifier}))


def _find(text: str) -> str:
    text = _trim(text)
    number = _ARXIV_FIELD.match(text)
    if number:
        return f"arxiv:{number[1].lower()}"
    doi = _DOI_FIELD.match(text)
    if doi:
        return _name_doi(doi[1])
    return _find_in_address(text)


def _find_in_address(text: str) -> str:
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    path = unquote(parts.path)
    if any(host == known or host.endswith(f".{known}") for known in _ARXIV_HOSTS):
        number = _ARXIV_PATH.search(path)
        return f"arxiv:{number[1].lower()}" if number else ""
    doi = _DOI.search(path)
    if doi and (host in _DOI_HOSTS or "/doi/" in path[: doi.start() + 1]):
        return _name_doi(_BEHIND.sub("", doi[0]) if host not in _DOI_HOSTS else doi[0])
    return ""


def _name_doi(text: str) -> str:
    doi = _trim(unquote(text)).lower()
    number = _ARXIV_DOI.match(doi)
    return f"arxiv:{number[1]}" if number else f"doi:{doi}"


def _trim(text: str) -> str:
    """Without the signs of the sentence around a number; a bracket stays where the number opened
    it.
    """
    text = text.strip("<\"'“”‘’ ")
    while text and (text[-1] in ".,;:!?\"'”’/" or (text[-1] in _OPENING and text.count(_OPENING[text[-1]]) < text.count(text[-1]))):
        text = text[:-1]
    return text
