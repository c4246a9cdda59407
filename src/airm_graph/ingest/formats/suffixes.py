"""What the name of a file says of it: whether it is a table, in what format, packed how."""

from pathlib import PurePosixPath

__all__ = ["FORMATS", "REFUSED", "is_table_name", "split_name"]

#: Suffix → the kind of reader.
FORMATS = {
    **dict.fromkeys((".csv", ".tsv"), "delimited"),
    **dict.fromkeys((".jsonl", ".ndjson"), "lines"),
    ".json": "json",
    **dict.fromkeys((".yaml", ".yml"), "yaml"),
    ".parquet": "parquet",
    **dict.fromkeys((".xlsx", ".xlsm"), "workbook"),
}
_PACKINGS = (".gz", ".zst", ".zip")
#: Suffix → what such a file is, and what to do with it. Of a packing, the finding is TAB-25.
REFUSED = {
    ".xls": ("a workbook of Excel 97 to 2003", "save it as XLSX or CSV"),
    ".xlsb": ("a binary workbook", "save it as XLSX or CSV"),
    ".ods": ("an OpenDocument spreadsheet", "save it as XLSX or CSV"),
    ".bz2": ("a file packed by bzip2", "unpack it with bunzip2, or pack it with gzip"),
    ".xz": ("a file packed by xz", "unpack it with unxz, or pack it with gzip"),
}
_REFUSED_PACKINGS = (".bz2", ".xz")


def split_name(name: str) -> tuple[str, str]:
    """Split off the suffix of the table and that of its packing, either one empty.

    >>> split_name("a/B.CSV.gz"), split_name("a.csv"), split_name("a.zip")
    (('.csv', '.gz'), ('.csv', ''), ('', '.zip'))
    """
    path = PurePosixPath(name.lower())
    packing = path.suffix if path.suffix in (*_PACKINGS, *_REFUSED_PACKINGS) else ""
    suffix = PurePosixPath(path.stem).suffix if packing else path.suffix
    return (suffix if suffix in FORMATS or suffix in REFUSED else ""), packing


def is_table_name(name: str) -> bool:
    """Tell whether the suffix is that of a table, packed or not, of a kind that is refused too.

    >>> is_table_name("a.csv.xz"), is_table_name("a.zip"), is_table_name("a.txt.gz")
    (True, False, False)
    """
    return bool(split_name(name)[0]) and not _is_beside(name)


def _is_beside(name: str) -> bool:
    """Tell whether a YAML file says something of other files: a mapping, a side-car."""
    return name.lower() in ("mapping.yaml", "mapping.yml") or name.lower().endswith((".meta.yaml", ".meta.yml"))
