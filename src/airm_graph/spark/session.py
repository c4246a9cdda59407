"""A session of Spark: its settings, its start and end, work in tasks, and what is said when there is none."""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from airm_graph.errors import AirmError, EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["explained", "open_session", "run_tasks"]

_Job = TypeVar("_Job")
_Done = TypeVar("_Done")
_JAVA, _PARTITIONS = "spark.driver.extraJavaOptions", "spark.sql.shuffle.partitions"
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # Every plan is compiled; without room for it all, Java would compile again what it had to forget.
    _JAVA: f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()} -XX:ReservedCodeCacheSize=512m",
}
_LOCAL = {"spark.driver.memory": "2g", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def open_session(master: str, conf: Mapping[str, str]) -> Iterator["SparkSession"]:
    """Start Spark, or take the session that runs in this process already, which is not ended then.

    Args:
        master: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``.
        conf: Settings of Spark by name; they go before ours.

    Raises:
        EngineError: The extra or Java is missing, or the master does not answer.
    """
    try:
        import sqlglot  # noqa: F401 - asked for before anything is read
        import xxhash  # noqa: F401
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(f"the engine spark needs PySpark, sqlglot and xxhash ({error}): pip install 'airm-graph[spark]'") from error
    # PySpark logs each error beside raising it.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    if running := SparkSession.getActiveSession():
        yield running
        return
    # Executors run the Python of the driver, where nobody says another one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings: dict[str, bool | float | int | str | None] = {**_SETTINGS, **(_LOCAL if master.startswith("local") else {}), **conf}
    if _JAVA in conf:
        # Options of Java are many in one setting.
        settings[_JAVA] = f"{_SETTINGS[_JAVA]} {conf[_JAVA]}"
    with explained(f"Spark does not start with the master {master!r}; it needs Java 17 or newer, and a master that answers"):
        session = SparkSession.builder.master(master).appName("airm-graph").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        if master.startswith("local") and _PARTITIONS not in conf:
            # The default of 200 is for clusters; here, each would be a file of a few rows.
            session.conf.set(_PARTITIONS, max(2, 2 * session.sparkContext.defaultParallelism))
    try:
        yield session
    finally:
        with suppress(Exception):  # whatever it says now, the work is done
            session.stop()


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Say in one line what Spark refuses.

    Raises:
        EngineError: PySpark or Java raised something.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = next((line for line in lines if not line.startswith("An error occurred while calling")), type(error).__name__)
        raise EngineError(f"{what}: {said[:500]}") from error


def run_tasks(session: "SparkSession", work: Callable[[_Job], _Done], jobs: Iterable[_Job]) -> list[_Done]:
    """Do some work on each job in a task of its own; results in the order of the jobs.

    Raises:
        AirmError: What the work raised.
        EngineError: A task failed otherwise.
    """
    jobs = list(jobs)

    def attempt(job: _Job) -> _Done | AirmError:
        try:
            return work(job)
        except AirmError as error:
            return error

    done = list[_Done]()
    with explained("a task of Spark failed"):
        found = session.sparkContext.parallelize(jobs, len(jobs)).map(attempt).collect() if jobs else []
    for one in found:
        if isinstance(one, AirmError):
            raise one
        done.append(one)
    return done
