"""Building again in part: whatever is edited, every file has the bytes of a build from nothing; what cannot be trusted is not used."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.incremental import Built, build_folder
from airm_graph.incremental.index import Index
from airm_graph.incremental.look import look_at
from airm_graph.incremental.splice import Edit, Layout, find_line, list_segments
from airm_graph.incremental.state import Damaged, State
from airm_graph.ingest import read_pages
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.merge import merge_pages
from airm_graph.merge.islands import list_keys, list_record_keys
from airm_graph.model import Page, Records
from pages import Document, Node, as_bytes, print_page, walk

TITLES = ("On risk", "On risk: a survey", "On risk and its measures", "Measures for models", "Other measures for models")
AUTHORS = (("Lee, Ann",), ("Ann Lee",), ("Lee, A.", "Berg, Jo"), ("Jo Berg", "Lee, Ann"), ("Office of Tests",), ("Lee",))
ABSTRACTS = ((), ("Short.",), ("This abstract is long enough to say which document it is of, for it goes on and on and on.",))
NAMES = ("Audit models", "Log access", "Test inputs", "Watch outputs", "Train people")
TEXTS = ((), ("Do it whenever the system is changed, and keep a record of it for the next one.",), ("Do it [12] well:",), ("ﬁrst of all",))
CODES = ("1.1.1", "2.1.2", "3.2.1", "2.2.1")


def make_document(rng: random.Random) -> Document:
    """A document that has something in common with others."""
    nodes = tuple(
        Node(
            name,
            rng.choice(CODES),
            rng.choice(TEXTS),
            rng.choice(("Because.", None)),
            (Node("Deeper", "1.1.2", rng.choice(TEXTS)),) * (rng.random() < 0.3),
        )
        for name in rng.sample(NAMES, rng.randint(1, 3))
    )
    return Document(rng.choice(TITLES), rng.choice(AUTHORS), nodes, rng.choice(("2020", "2021", "")), rng.choice(ABSTRACTS))


def make_pages(rng: random.Random) -> list[bytes]:
    """The pages of a document."""
    document = make_document(rng)
    return [as_bytes(print_page(document, path)) + b"\n" for path in walk(document.nodes)]
