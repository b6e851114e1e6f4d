"""Where every job starts: on the user's machine, which calls spark-submit, and then in the driver that it starts."""

import os
import signal
import sys


def main() -> int:
    """Run the job that was typed, or list them; return the exit code of the contract."""
    # Before anything is loaded: an early Ctrl-C ends without a trace. Until here the calling script has it wait.
    signal.signal(signal.SIGINT, lambda *_: os._exit(128 + signal.SIGINT))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    from jobs import CATALOGUE
    from linkage.platform.running import run, submit

    started_by_spark = "PYSPARK_GATEWAY_PORT" in os.environ
    return run.main(CATALOGUE) if started_by_spark else submit.main(CATALOGUE)


if __name__ == "__main__":
    sys.exit(main())
