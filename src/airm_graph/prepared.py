"""What does not depend on inputs and is made once for each version of the package.

It stands as JSON beside the module that reads it, behind a line with a digest of itself and of the
files of the project that it was made of. Where it is missing, damaged or made of other files, the
module makes it anew, which costs time only. `make generated` writes it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from airm_graph.resources import read_resource
from airm_graph.terms import Quad

__all__ = ["pack_rows", "read_prepared", "unpack_rows", "write_prepared"]


def read_prepared(file: Path, *, sources: Iterable[str]) -> Any:
    """Read what `write_prepared` wrote; None where it cannot be read, was changed, or was made of
    other files.

    Args:
        file: Where it stands.
        sources: The files of the project that it is made of, as `read_resource` names them.
    """
    try:
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return json.loads(text) if digest == _make_digest(text, sources) else None


def write_prepared(content: object, *, sources: Iterable[str]) -> str:
    """Write what JSON can hold, with its digest in the first line; as `read_prepared`."""
    text = json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"
    return f"{_make_digest(text, sources)}\n{text}"


def pack_rows(rows: Mapping[str, Sequence[Quad]]) -> dict[str, Any]:
    """Pack lists of triples by name for `write_prepared`: each text once, and numbers."""
    texts = sorted({text for some in rows.values() for row in some for text in row[:3]})
    numbers = {text: number for number, text in enumerate(texts)}
    return {"texts": texts, "rows": {name: [numbers[text] for row in some for text in row[:3]] for name, some in rows.items()}}


def unpack_rows(packed: Mapping[str, Any], name: str) -> tuple[Quad, ...]:
    """Read one of the lists that `pack_rows` packed.

    >>> unpack_rows(pack_rows({"some": [("<urn:a>", "<urn:p>", '"1"', "")]}), "some")
    (('<urn:a>', '<urn:p>', '"1"', ''),)
    """
    texts, numbers = packed["texts"], iter(packed["rows"][name])
    return tuple((texts[s], texts[p], texts[o], "") for s, p, o in zip(numbers, numbers, numbers, strict=True))


def _make_digest(text: str, sources: Iterable[str]) -> str:
    made = hashlib.sha256(text.encode())
    for name in sources:
        made.update(read_resource(name).encode())
    return made.hexdigest()
