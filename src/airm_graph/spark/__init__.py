"""Apache Spark as a platform of builds: the plans of the project on it; needs the extra ``spark``
and Java.
"""

from airm_graph.spark.spark_platform import Spark

__all__ = ["Spark"]
