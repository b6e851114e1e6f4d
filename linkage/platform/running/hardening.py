"""What keeps a run's data to itself, whatever the properties file and ``--conf`` say."""

from __future__ import annotations

from collections.abc import Mapping

from linkage.platform.errors import InputError

UMASK = 0o027
"""What a job writes is for its owner and group: 0750 for folders, 0640 for files."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SET_BY_SESSION = {
    # The web interface shows plans, on every address and to everybody.
    "spark.ui.enabled": "false",
    # What is spilled, shuffled and kept between steps lies on disks.
    "spark.io.encryption.enabled": "true",
    "spark.redaction.regex": "(?i)secret|password|token|access[.]?key|pseudo|pepper|hmac|keyfile|salt",
    "spark.hadoop.fs.permissions.umask-mode": f"{UMASK:03o}",
}
"""What the session sets by itself: it needs not be given, and cannot be given otherwise."""
TO_BE_GIVEN = {
    "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
    "spark.network.crypto.cipher": "AES/GCM/NoPadding",
}
"""What the properties file must say; on a standalone cluster only where its administrator shared a secret."""
BOUND = ("spark.driver.host", "spark.driver.bindAddress")


def check(properties: Mapping[str, str], required: Mapping[str, str], *, master: str) -> None:
    """Refuse properties that undo what must hold.

    ``required``: what the results depend on, which the session sets too.

    Raises
    ------
    InputError
        A property has another value, or is missing where the properties file must give it; all of them at once.
    """
    held = {**required, **SET_BY_SESSION, **TO_BE_GIVEN}
    must_be_given = {} if master.startswith("spark://") else TO_BE_GIVEN
    problems = [
        f"{key}: {properties.get(key) or 'nothing'} found, {value} expected, in --conf as in the properties file."
        for key, value in held.items()
        if (key in properties or key in must_be_given) and _plain(properties.get(key, "")) != _plain(value)
    ]
    if master.startswith("local"):
        problems += [
            f"{key}: {properties.get(key) or 'nothing'} found, {LOOPBACK[0]} expected: in local mode nobody listens."
            for key in BOUND
            if properties.get(key) not in LOOPBACK
        ]
    if problems:
        raise InputError(problems)


def _plain(value: str) -> str:
    return value.strip().lower() if value.strip().lower() in ("true", "false") else value.strip()
