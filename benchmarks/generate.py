"""Write N made-up mitigations as triples, tables or captures, the same for the same number.

python benchmarks/generate.py triples N FILE.nq
python benchmarks/generate.py tables N FOLDER
python benchmarks/generate.py wide N FOLDER            tables with reasons and roles, too
python benchmarks/generate.py captures N FOLDER
"""

import sys
from pathlib import Path

from corpus import write_captures, write_tables, write_wide_tables
from generated import write_triples

__all__ = ["main"]

_WRITERS = {"captures": write_captures, "tables": write_tables, "triples": write_triples, "wide": write_wide_tables}


def main() -> None:
    """Write what the command line asks for."""
    kind, size, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    _WRITERS[kind](size, path)


if __name__ == "__main__":
    main()
