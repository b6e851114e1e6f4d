#!/usr/bin/env bash
# Runs a job of jobs/ through Spark's own spark-submit, and prepares this machine on first use.
#   ./spark-submit.sh            lists the jobs        ./spark-submit.sh JOB --help   explains one
#   ./spark-submit.sh test       runs the tests        ./spark-submit.sh check        what a machine can check of the code
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
python=$here/.venv/bin/python

# What develops (test, check) is what runs and more: each is installed when it is first needed.
case ${1:-} in
    test | check) lock=requirements-dev.lock ;;
    *) lock=requirements.lock ;;
esac

prepared() {
    [[ -x $python && -f $here/.venv/$lock ]] &&
        { cat "$here/$lock"; grep '^delta_jars' "$here/pyproject.toml"; } | cmp -s - "$here/.venv/$lock"
}

suitable_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python 3.10 or later is needed; found: $(python3 --version 2>/dev/null || echo no python3)." \
        "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or set PYTHON to one." >&2
    return 1
}

if ! prepared; then
    first_python=$(suitable_python)
    PYTHONPATH=$here "$first_python" -m linkage.platform.setup.prepare "$lock"
fi

# The code is this clone's, wherever the command is typed.
export PYTHONPATH=$here PYTHONSAFEPATH=1
case ${1:-} in
    test)
        JAVA_HOME=$("$python" -m linkage.platform.setup.java)
        export JAVA_HOME
        cd "$here"
        exec "$python" -m pytest "${@:2}"
        ;;
    check)
        cd "$here"
        "$python" -m ruff format --check .
        "$python" -m ruff check .
        "$python" -m mypy
        .venv/bin/lint-imports
        "$python" -m vulture
        "$python" -m linkage.platform.setup.locks
        [[ ! -f linkage/tables/dictionary.py ]] || "$python" -m linkage.tables.dictionary --check
        [[ ! -f docs/benchmarks.md ]] || "$python" -m jobs.compare_engines.page --check
        ;;
    *)
        # An interpreter that is starting answers Ctrl-C with a trace: it waits until jobs/__main__.py takes it, or is
        # lost there where env cannot make it wait.
        if env --block-signal=INT true 2> /dev/null; then
            exec env --block-signal=INT "$python" -m jobs "$@"
        fi
        trap "" INT
        exec "$python" -m jobs "$@"
        ;;
esac
