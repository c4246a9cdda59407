"""The command line: one file per command, loaded when it is used; commands hold no logic.

Data goes to standard output, messages to standard error. Exit codes: 0 yes · 1 ran, and the answer
is no · 2 usage or unreadable input · 3 internal error.
"""

import atexit
import errno
import gc
import os
import sys
import threading
import warnings
from collections.abc import Sequence

__all__ = [
    "EXIT_INTERNAL",
    "EXIT_NO",
    "EXIT_USAGE",
    "cli",
    "is_interrupted",
    "main",
]

EXIT_NO, EXIT_USAGE, EXIT_INTERNAL = 1, 2, 3
_EXIT_INTERRUPTED = 130
#: Commands that go on until they are stopped.
_LASTING = frozenset(("mcp", "serve", "watch"))


def __getattr__(name: str) -> object:
    """Make the group of commands when it is asked for."""
    if name != "cli":
        raise AttributeError(f"module 'airm_graph.cli' has no attribute {name!r}")
    from airm_graph.cli.group import cli

    return cli


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with one of its codes."""
    code = _run(arguments)
    if arguments is None:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End the process without taking apart all that it holds, which would be a tenth of a small
    command; returns where threads or a profiler have something left to do.
    """
    if threading.active_count() > 1 or sys.gettrace() or sys.getprofile():
        return
    if "duckdb" in sys.modules:
        from airm_graph.graph.database import close_databases

        close_databases()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, RuntimeError):
        return
    os._exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    from airm_graph.cli.streams import open_streams

    open_streams()
    try:
        return _run_command(sys.argv[1:] if arguments is None else [*arguments])
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED


def _run_command(arguments: list[str]) -> int:
    # Most of what a command makes lives to its end, modules first; looking for cycles as often as
    # Python does by itself takes a tenth of the time.
    gc.set_threshold(100_000 if _LASTING.intersection(arguments[:1]) else 1_000_000, 20, 100)
    import click

    from airm_graph.cli.group import cli
    from airm_graph.errors import AirmError

    warnings.showwarning = _show_warning
    try:
        code = cli.main(args=arguments, prog_name="airm-graph", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return _EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except AirmError as error:
        click.echo(f"airm-graph: {error}", err=True)
        return EXIT_USAGE
    except Exception as error:
        if is_interrupted(error):
            return _EXIT_INTERRUPTED
        if full := _find_full(error):
            click.echo(f"airm-graph: no room is left on the disk of {full}; make room, or set TMPDIR to a folder that has more", err=True)
            return EXIT_USAGE
        if isinstance(error, PermissionError) and error.filename:
            click.echo(f"airm-graph: {error.filename}: {error.strerror}; check who may read and write it", err=True)
            return EXIT_USAGE
        if os.environ.get("AIRM_GRAPH_DEBUG"):
            raise
        click.echo(f"airm-graph: internal error: {type(error).__name__}: {error}", err=True)
        click.echo("This is a bug; set AIRM_GRAPH_DEBUG=1 to see the traceback, and please report it.", err=True)
        return EXIT_INTERNAL
    return code if isinstance(code, int) else 0


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Tell what a library warns of, without the path of its file."""
    sys.stderr.write(f"airm-graph: warning: {message}\n")


def _find_full(error: Exception) -> str:
    """Name the file or the temporary folder that cannot take more; empty for other errors."""
    if isinstance(error, OSError):
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    else:
        is_full = "duckdb" in type(error).__module__ and ("No space left" in str(error) or "File too large" in str(error))
    import tempfile

    return str(getattr(error, "filename", None) or tempfile.gettempdir()) if is_full else ""


def is_interrupted(error: BaseException) -> bool:
    """Whether an error is Ctrl-C, also as DuckDB tells it, which runs while Python waits."""
    return isinstance(error, KeyboardInterrupt) or (isinstance(error, RuntimeError) and str(error) == "Query interrupted")
