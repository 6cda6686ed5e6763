"""A process without a JVM of its own, to be killed: describes or applies over Spark Connect.

`python tests/spark/client.py URL PATTERN STEP...`; settings come from the environment.
"""

import sys
from collections.abc import Callable

from pyspark.sql.connect.session import SparkSession

from lakegloss.lakehouse.apply.apply import apply
from lakegloss.lakehouse.describe.describe import describe
from lakegloss.settings import load_settings

STEPS: dict[str, Callable[..., object]] = {"describe": describe, "apply": apply}

if __name__ == "__main__":
    url, pattern, *steps = sys.argv[1:]
    spark = SparkSession.builder.remote(url).create()
    for step in steps:
        STEPS[step](spark, load_settings(), [pattern])
