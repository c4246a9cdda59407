"""Starts Jena's SHACL validator: its own ``shacl`` command where there is one, else the jars of Debian's libapache-jena-java.

Debian's 4.5.0 does not start by itself: its manifest leaves out jars that are installed, and of the regular expressions of Xerces, which
Debian moved to another package name, the message files stayed behind. So the class path is written here, and the files put where they
are looked for.
"""

import shutil
import subprocess
import zipfile
from pathlib import Path

__all__ = ["MISSING", "find_jena", "find_version"]

#: What to say where there is no Jena.
MISSING = "no Jena: put its shacl command on the path, or apt-get install libapache-jena-java"

_JARS = Path("/usr/share/java")
_NAMES = """
jena-arq jena-base jena-cmds jena-core jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-trans-data jena-dboe-transaction jena-iri
jena-rdfconnection jena-shacl jena-tdb jena-tdb2 commons-cli commons-codec commons-compress commons-csv commons-io commons-lang3
commons-logging dexx.collection gson guava httpclient httpcore jackson-annotations jackson-core jackson-databind jakarta.json-api
jsonld-java protobuf slf4j-api slf4j-nop thrift titanium-json-ld
"""
_MOVED = "org/apache/jena/ext/"


def find_jena(folder: Path) -> list[str] | None:
    """Write the command that validates, without its arguments; None where Jena is not installed.

    Args:
        folder: Where a file may be put that the command needs.
    """
    if command := shutil.which("shacl"):
        return [command]
    java, core = shutil.which("java"), _JARS / "jena-core.jar"
    if not java or not core.exists():
        return None
    with zipfile.ZipFile(core) as jar:
        for name in jar.namelist():
            if name.startswith(f"{_MOVED}xerces/") and name.endswith(".properties"):
                messages = folder / name.removeprefix(_MOVED)
                messages.parent.mkdir(parents=True, exist_ok=True)
                messages.write_bytes(jar.read(name))
    paths = [folder, *(_JARS / f"{name}.jar" for name in _NAMES.split())]
    return [java, "-cp", ":".join(map(str, paths)), "shacl.shacl"]


def find_version(command: list[str]) -> str:
    """The version of Jena: what its command says, or the name of Debian's jar."""
    if len(command) == 1:
        return subprocess.run([*command, "--version"], capture_output=True, check=False, text=True).stdout.split()[-1]
    return next((path.stem.rpartition("-")[2] for path in sorted(_JARS.glob("jena-core-*.jar"))), "unknown")
