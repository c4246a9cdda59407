"""The command line as ``python -m airm_graph``."""

from airm_graph.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
