"""Serve a graph over HTTP: SPARQL protocol, linked data, the query library, search.

Three kinds of processes take part. The HTTP process (`app`, `server`) never touches data. The fork
server (`forkserver`) holds the loaded data, has a single thread and does nothing but fork. The
workers (`worker`) that it forks answer one message at a time under limits, and are killed when they
pass them.
"""

__all__: list[str] = []
