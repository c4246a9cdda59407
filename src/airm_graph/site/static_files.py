"""Read the files that come with the pages: our style sheet and script, and the vendored editor."""

import gzip
import hashlib
import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

__all__ = ["STATIC_TYPES", "compress", "has_editor", "has_engine", "has_network", "hash_static", "read_packed", "read_static"]

_FOLDER = Path(__file__).parent / "static"
_EDITOR = ("vendor/yasgui.min.css", "vendor/yasgui.min.js")
_ENGINE = (*_EDITOR, "vendor/oxigraph.js", "vendor/oxigraph.wasm.gz")
#: Media type by suffix of the files that are served.
STATIC_TYPES: Mapping[str, str] = {".css": "text/css", ".gz": "application/gzip", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def read_static() -> Mapping[str, bytes]:
    """Read the files by their path below ``/static``; nothing else is ever served from there."""
    found = (path for path in sorted(_FOLDER.rglob("*")) if path.suffix in STATIC_TYPES and path.is_file())
    return {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in found}


def compress(parts: Iterable[bytes]) -> bytes:
    """Compress what is read in parts; the same bytes on every system."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        for part in parts:
            file.write(part)
    return out.getvalue()


@cache
def read_packed() -> Mapping[str, bytes]:
    """Read the files as a site has them: the editor is compressed, as few hosts of files do it."""
    files = read_static()
    editor = {f"{name}.gz": compress([files[name]]) for name in _EDITOR if name in files}
    return {name: body for name, body in files.items() if name not in _EDITOR} | editor


@cache
def hash_static(name: str) -> str:
    """Make the part of a file's address that changes whenever the file does."""
    return hashlib.sha256(read_static().get(name) or read_packed()[name]).hexdigest()[:12]


def has_editor() -> bool:
    """Tell whether ``make vendor`` put the editor beside the style sheet."""
    return all(name in read_static() for name in _EDITOR)


def has_engine() -> bool:
    """Tell whether ``make vendor`` put the SPARQL engine for browsers there, too."""
    return all(name in read_static() for name in _ENGINE)


def has_network() -> bool:
    """Tell whether ``make vendor`` put the library there that draws neighbourhoods."""
    return "vendor/cytoscape.min.js" in read_static()
