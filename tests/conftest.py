"""What tests share: where the real captures lie, and the graphs that are costly to build."""

from pathlib import Path

import hypothesis
import pytest

# How long an example takes says more of the machine than of the project.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of the two real captures, which are not part of the project."""
    folder = SHARED / "captures"
    if not folder.is_dir():
        pytest.skip("the real captures are not beside this checkout")
    return folder


@pytest.fixture(scope="module")
def first_edition() -> Path:
    folder = SHARED / "data" / "mit-v1"
    if not folder.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def example_graph():
    """The graph of the packaged example."""
    import airm_graph

    return airm_graph.build([ROOT / "examples"])


@pytest.fixture(scope="session")
def example_dist(example_graph, tmp_path_factory) -> Path:
    """The written graph of the packaged example."""
    folder = tmp_path_factory.mktemp("example") / "dist"
    example_graph.write(folder)
    return folder


@pytest.fixture(scope="session")
def earlier_dist(tmp_path_factory) -> Path:
    """A release of the examples without those of one source."""
    import airm_graph

    folder = tmp_path_factory.mktemp("earlier") / "before"
    inputs = sorted(one for one in (ROOT / "examples").iterdir() if one.suffix != ".md" and "francois" not in one.name)
    airm_graph.build(inputs).write(folder)
    return folder


@pytest.fixture(scope="session")
def server(example_dist):
    """A server with the packaged example."""
    from serving import serving

    with serving(example_dist, "--timeout", "3", "--workers", "2") as running:
        yield running


@pytest.fixture(scope="session")
def limited(example_dist):
    """The same server with low limits: what passes them is small."""
    from serving import serving

    limits = {"seconds": 1, "output": 20_000, "workers": 2, "queue_length": 12, "head_seconds": 0.5, "body_seconds": 0.5}
    with serving(example_dist, limits=limits) as running:
        yield running


@pytest.fixture(scope="session")
def proxied(example_graph, tmp_path_factory):
    """A server behind a proxy: the example with deprecated terms, and with texts and links that are not to become markup."""
    from serving import serving

    file = tmp_path_factory.mktemp("proxied") / "data.nt"
    rows = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in example_graph.quads)
    file.write_text(rows + (ROOT / "tests" / "data" / "odd.nt").read_text(encoding="utf-8"), encoding="utf-8")
    with serving(file, "--workers", "1", "--base-url", "https://data.example/airm") as running:
        yield running
