"""What records say as RDF, by one table of statements, and the description of the dataset."""

from airm_graph.triples.dataset import describe_dataset
from airm_graph.triples.state import state_records
from airm_graph.triples.statements import STATEMENTS, Statement

__all__ = ["STATEMENTS", "Statement", "describe_dataset", "state_records"]
