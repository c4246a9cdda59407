"""How a release is named and who answers for it: CITATION.cff and RO-Crate."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airm_graph.extras import require
from airm_graph.namespaces import BASE
from airm_graph.notice import NOTICE

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

    from airm_graph.triples.release import ReleaseFile

__all__ = ["CRATE", "ORCID", "ROR", "Citation", "Publisher", "write_citation", "write_crate"]

#: What identifiers of organizations and of people begin with.
ROR, ORCID = "https://ror.org/", "https://orcid.org/"
#: The name that the standard asks for.
CRATE = "ro-crate-metadata.json"
_NO_LICENCE = (
    "The pages behind this data call it preliminary and ask not to share or cite it. This is neither a licence nor an access right; no "
    "licence is given for their texts."
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who makes a release available.

    Attributes:
        name: Of the organization or person.
        identifier: ``https://ror.org/…`` of an organization, ``https://orcid.org/…`` of a person;
            empty where it has none.
        contact: Address at which to reach it: a web page, or ``mailto:``.
    """

    name: str = "airm-graph contributors"
    identifier: str = ""
    contact: str = BASE


@dataclass(frozen=True, slots=True)
class Citation:
    """What is said of a release wherever it is named.

    Attributes:
        title, description: For people.
        version: Of the release.
        issued: Day (YYYY-MM-DD).
        iri: Of the release.
        notice: IRI of the notice under which it stands.
        publisher: Who makes it available.
        previous: IRI of the release before; empty for the first.
    """

    title: str
    description: str
    version: str
    issued: str
    iri: str
    notice: str
    publisher: Publisher
    previous: str = ""


def write_citation(citation: Citation) -> str:
    """Write CITATION.cff, which says first that the data is not to be cited."""
    import yaml

    said = {
        "cff-version": "1.2.0",
        "message": f"{NOTICE} Once it is no longer preliminary, cite the release as below.",
        "type": "dataset",
        "title": citation.title,
        "abstract": f"{NOTICE} {citation.description}",
        "authors": [{"name": citation.publisher.name}],
        "version": citation.version,
        "date-released": citation.issued,
        "identifiers": [{"type": "url", "value": citation.iri, "description": "IRI of this release"}],
        "keywords": ["AI risk", "knowledge graph", "linked data", "SKOS"],
    }
    return f"# {NOTICE}\n{yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=120)}"


def write_crate(citation: Citation, files: "Iterable[ReleaseFile]") -> str:
    """Write the metadata file of an RO-Crate 1.2 that holds some files.

    Raises:
        EngineError: The library is not installed.
    """
    require("an RO-Crate", "rocrate", extra="release")
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.2")
    root = crate.root_dataset
    notice = _add(crate, citation.notice, {"@type": "CreativeWork", "name": NOTICE, "description": _NO_LICENCE})
    crate.name, crate.description = citation.title, f"{NOTICE} {citation.description}"
    crate.datePublished = datetime.fromisoformat(citation.issued).replace(tzinfo=UTC)
    root["datePublished"] = citation.issued
    root["version"], root["license"] = citation.version, notice
    root["publisher"] = _add_publisher(crate, citation.publisher)
    root["url"] = citation.iri
    if citation.previous:
        earlier = {"@type": "CreativeWork", "name": "The release before", "description": "From which CHANGES.md tells what changed."}
        root["isBasedOn"] = _add(crate, citation.previous, earlier)
    for file in files:
        said = {"name": file.name, "description": file.what, "encodingFormat": file.media_type, "contentSize": str(file.size)}
        crate.add_file(dest_path=file.name, properties=said | ({"sha256": file.sha256} if file.sha256 else {}))
    metadata = crate.metadata.generate()
    metadata["@graph"].sort(key=_order)
    return json.dumps(metadata, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _order(entity: Mapping[str, Any]) -> tuple[bool, bool, str]:
    name = str(entity["@id"])
    return name != CRATE, name != "./", name


def _add_publisher(crate: "ROCrate", publisher: Publisher) -> Any:
    contact = {"@type": "ContactPoint", "name": f"Contact of {publisher.name}", "description": "Where to ask about this release."}
    reach = {"email": publisher.contact} if publisher.contact.startswith("mailto:") else {"url": publisher.contact}
    point = _add(crate, "#contact", contact | reach)
    said = {"@type": "Person" if publisher.identifier.startswith(ORCID) else "Organization", "name": publisher.name}
    said |= {"description": "Who makes this release available.", "url": publisher.identifier or publisher.contact}
    entity = _add(crate, publisher.identifier or "#publisher", said)
    entity["contactPoint"] = point
    return entity


def _add(crate: "ROCrate", name: str, properties: Mapping[str, str]) -> Any:
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, name, properties=dict(properties)))
