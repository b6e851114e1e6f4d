"""Where every job starts: on the user's machine, which calls spark-submit, and then in the driver that it starts."""

import os
import sys

from jobs import CATALOGUE
from linkage.platform.running import run, submit

if __name__ == "__main__":
    started_by_spark = "PYSPARK_GATEWAY_PORT" in os.environ
    sys.exit(run.main(CATALOGUE) if started_by_spark else submit.main(CATALOGUE))
