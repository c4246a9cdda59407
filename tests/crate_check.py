"""Asks roc-validator about an RO-Crate without a network; run by the Python of its own environment (AIRM_ROC_VALIDATOR).

The context that a crate names is taken from the library rocrate, whose wheel holds it; everything else is in the wheel of the validator.
Prints JSON: how many checks were run by severity, and what is open.
"""

import json
import sys
from collections import Counter
from pathlib import Path


def _read_context() -> str:
    import rocrate

    return (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8")


class _Response:
    """The context, as if it had been fetched."""

    status_code, ok, from_cache = 200, True, True
    headers = {"Content-Type": "application/ld+json"}  # noqa: RUF012 - never changed

    def __init__(self) -> None:
        self.text = _read_context()
        self.content = self.text.encode()

    def json(self) -> object:
        return json.loads(self.text)

    def raise_for_status(self) -> None:
        """It is there."""


def get(_self: object, url: str, **_options: object) -> _Response:
    assert url.startswith("https://w3id.org/ro/crate/"), f"{url} is asked for, and there is no network"
    return _Response()


def main(folder: str) -> None:
    from rocrate_validator import models, services
    from rocrate_validator.utils.http import HttpRequester

    HttpRequester.get = get
    settings = {"rocrate_uri": folder, "profile_identifier": "ro-crate-1.2", "requirement_severity": models.Severity.RECOMMENDED}
    result = services.validate(settings)
    ran = Counter(check.severity.name for check in result.executed_checks)
    print(json.dumps({"ran": ran, "open": [f"{one.severity.name} {one.check.identifier} {one.message}" for one in result.get_issues()]}))


if __name__ == "__main__":
    main(sys.argv[1])
