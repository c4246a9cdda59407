"""The same plans on Spark, for more than one machine holds: needs the extra ``spark`` (PySpark, sqlglot, Java).

Nothing is decided here. Rows of tables are read by the reader of ``bulk`` in tasks of Spark, file by file; which rows are plain, what they
state, the closure and the shapes are the statements that DuckDB runs elsewhere, carried over by sqlglot (`dialect`); what is out of
the ordinary is merged on the driver. Tables pass from step to step as Parquet in a folder that all machines see.
"""

from airm_graph.spark.session import SparkSettings, open_session

__all__ = ["SparkSettings", "open_session"]
