"""The schema of mappings: what it says of exported tables is made of the columns that these have.

python -m airm_graph.ingest.tables.schema    prints schemas/mapping.schema.json as it should be
"""

import json
import sys
from typing import Any

from airm_graph.model import GRAPH_TABLES, LATER_COLUMNS
from airm_graph.resources import read_resource

__all__ = ["write_schema"]


def write_schema() -> str:
    """Write the schema, with a part for each of `GRAPH_TABLES`; all else is kept as it stands.

    >>> write_schema().count("A table of an exported graph") == len(GRAPH_TABLES)
    True
    """
    schema = json.loads(read_resource("schemas/mapping.schema.json"))
    schema["properties"]["tables"]["properties"] |= {kind: _describe_table(kind, columns) for kind, columns in GRAPH_TABLES.items()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _describe_table(kind: str, columns: tuple[str, ...]) -> dict[str, Any]:
    described = {name: {"$ref": "#/$defs/text", "description": f"Header of the column '{name}'."} for name in columns}
    return {
        "description": "A table of an exported graph, as airm-graph export --format table writes it.",
        "type": "object",
        "additionalProperties": False,
        "required": ["columns"],
        "properties": {
            "columns": {
                "description": "What a column is: its header.",
                "type": "object",
                "additionalProperties": False,
                "required": [name for name in columns if name not in LATER_COLUMNS.get(kind, ())],
                "properties": described,
            }
        },
    }


if __name__ == "__main__":
    sys.stdout.write(write_schema())
