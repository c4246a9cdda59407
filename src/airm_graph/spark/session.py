"""A session of Spark: settings, start and end, and what is said when it cannot be had."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["SparkSettings", "explained", "open_session"]

_NEEDED = "install the extra: pip install 'airm-graph[spark]'"
_JAVA = "spark.driver.extraJavaOptions"
_LOCAL = re.compile(r"local(\[(?P<cores>\d+|\*)(,\d+)?\])?")
#: What Java and Spark say of themselves when they start would stand among our own messages.
_LOG = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""


@dataclass(frozen=True, slots=True)
class SparkSettings:
    """Where Spark runs, and how.

    Attributes:
        master: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``.
        conf: Settings of Spark by name; they go before ours.
        work: Folder that driver and executors see under one name, for what is needed on the way; the system's when left out, which
            is right for ``local`` only.
        parts: Number of files that each format is written in; by the number of statements when left out.
    """

    master: str = "local[*]"
    conf: Mapping[str, str] = field(default_factory=dict)
    work: Path | None = None
    parts: int | None = None


@contextmanager
def open_session(settings: SparkSettings) -> Iterator["SparkSession"]:
    """Start Spark, or take the session that runs in this process already, which is not ended then.

    Raises:
        EngineError: The extra or Java is missing, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(f"the engine spark needs PySpark; {_NEEDED}") from error
    try:
        import sqlglot  # noqa: F401 - asked for before anything is read
    except ImportError as error:
        raise EngineError(f"the engine spark needs sqlglot; {_NEEDED}") from error
    if running := SparkSession.getActiveSession():
        yield running
        return
    _check_java()
    # Executors run the Python of the driver, where nobody says another one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory(prefix="airm-graph-", ignore_cleanup_errors=True) as folder:
        log = Path(folder, "log4j2.properties")
        log.write_text(_LOG, encoding="utf-8")
        session = _start(settings, log=log)
        try:
            yield session
        finally:
            with suppress(Exception):  # whatever it says now, the work is done
                session.stop()


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME", "")
    found = Path(home, "bin", "java").exists() if home else shutil.which("java") is not None
    if not found:
        where = f"JAVA_HOME is {home!r}, where there is none" if home else "there is no java on the path"
        raise EngineError(f"the engine spark needs Java 17 or newer: {where}; install it, such as openjdk-17-jre-headless")


def _start(settings: SparkSettings, *, log: Path) -> "SparkSession":
    from pyspark.sql import SparkSession

    ours = _list_settings(settings.master, log=log)
    builder = SparkSession.builder.master(settings.master).appName("airm-graph")
    for name, value in {**ours, **settings.conf}.items():
        # Options of Java are many in one setting.
        builder = builder.config(name, f"{ours[name]} {value}" if name == _JAVA and name in settings.conf else value)
    with explained(f"Spark does not start with the master {settings.master!r}"):
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session


def _list_settings(master: str, *, log: Path) -> dict[str, str]:
    found = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # Every plan is compiled; without room for it all, Java would compile again what it had to forget.
        _JAVA: f"-Dlog4j2.configurationFile={log.as_uri()} -XX:ReservedCodeCacheSize=512m",
    }
    if match := _LOCAL.fullmatch(master):
        cores = match["cores"] or "1"
        number = (os.cpu_count() or 1) if cores == "*" else int(cores)
        # The default of 200 is for clusters; here, each would be a file of a few rows.
        found["spark.sql.shuffle.partitions"] = str(max(2, 2 * number))
        found["spark.driver.memory"] = "2g"
        found["spark.driver.host"] = found["spark.driver.bindAddress"] = "127.0.0.1"
    return found


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
