"""What does not depend on inputs and is made once for each version of the package.

It stands as JSON beside the module that reads it, behind a line with a digest of itself and of the
files of the project that it was made of. Where it is missing, damaged or made of other files, the
module makes it anew, which costs time only. `make generated` writes it.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from airm_graph.resources import read_resource

__all__ = ["read_prepared", "write_prepared"]


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


def _make_digest(text: str, sources: Iterable[str]) -> str:
    made = hashlib.sha256(text.encode())
    for name in sources:
        made.update(read_resource(name).encode())
    return made.hexdigest()
