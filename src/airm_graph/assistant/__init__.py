"""Tools for assistants over the Model Context Protocol: the queries, the search and the analysis of
the server, each answer with its evidence.
"""

__all__: list[str] = []
