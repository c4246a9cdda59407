"""The same plans on Apache Spark, for more than one machine holds: needs the extra ``spark`` (PySpark, sqlglot, xxhash) and Java.

Nothing is decided here. Files are read by the readers of the project, each in a task of Spark; what rows and
quads state, what follows from them and what shapes say is the SQL that DuckDB runs elsewhere, carried over by
sqlglot. Tables pass from step to step as Parquet in a folder that all machines see.
"""

from airm_graph.spark.platform import Spark

__all__ = ["Spark"]
