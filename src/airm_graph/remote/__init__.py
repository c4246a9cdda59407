"""Servers on the network: a careful HTTP client, and SPARQL endpoints that answer library queries.

Nothing here is imported unless a URL was given. What a server sends is never trusted: it is bounded
in size and time, read as data only, and shown without control characters.
"""

from airm_graph.remote.client import Answer, Client, check_url
from airm_graph.remote.credentials import Credentials, read_credentials
from airm_graph.remote.endpoint import Endpoint

__all__ = ["Answer", "Client", "Credentials", "Endpoint", "check_url", "read_credentials"]
