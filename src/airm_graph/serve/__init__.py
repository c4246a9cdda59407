"""The graph over HTTP: SPARQL protocol, linked data, the query library, search.

Three kinds of processes: one speaks HTTP (`app`, `server`) and never touches data; one holds the loaded data, has a single thread and
does nothing but fork (`broker`); its children answer one question at a time under limits and are killed when they pass them (`worker`).
"""

__all__: list[str] = []
