"""The root key: where its file may lie, what it must be, and the keys that are derived from it; never what it holds."""

from __future__ import annotations

import argparse
import hmac
import os
import secrets
import stat
from pathlib import Path

from linkage.governance.pseudonyms import read_key
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.running.options import Location
from linkage.platform.settings import Environment

MADE_BY = "openssl rand -hex 32"
SHORTEST = 32
FEWEST_BYTES = 8
"""Different bytes in a key: fewer is a placeholder, not a draw."""


def job_key(args: argparse.Namespace) -> str:
    """Return the key file that a job was given, by ``--key`` or its environment; InputError as ``require_safe``."""
    environment = config.settings(f"env/{args.env}.toml", Environment)
    return require_safe(args.key or environment.key_file, lake=args.lake)


def check_before_start(args: argparse.Namespace) -> None:
    """Check the same before Spark starts; where the driver runs elsewhere, its key file is there too."""
    if getattr(args, "deploy_mode", None) != "cluster":
        job_key(args)


def require_safe(key: str | None, *, lake: str) -> str:
    """Return the absolute path of a key file that may be used.

    Raises
    ------
    InputError
        There is no key, or it lies in the lake, others may read it, or it is too short to be one.
    """
    if not key:
        raise InputError(
            "--key: no key file given, neither here nor as key_file in conf/env. Make one outside the lake: "
            f"(umask 077; {MADE_BY} > FILE), then give --key FILE."
        )
    place = _local(key)
    if place is None:
        raise InputError(f"--key {key}: a path on this machine expected, the same on every machine of a cluster.")
    if not place.is_file():
        raise InputError(f"--key {key}: no such file. Make one outside the lake: (umask 077; {MADE_BY} > FILE).")
    place = place.resolve()
    problems = []
    zone = _local(lake)
    if zone is not None and place.is_relative_to(zone.resolve()):
        problems.append(f"--key {key}: it lies inside the lake {lake}; a path outside it expected.")
    if place.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(place.stat().st_mode)
        problems.append(f"--key {key}: mode {mode:04o} found, its owner alone expected: chmod 400 {key}.")
    problems += _content_problems(key, place)
    if problems:
        raise InputError(problems)
    return str(place)


def derive(root: bytes, purpose: str) -> bytes:
    """Return the key of one purpose: 32 bytes that reveal neither the root nor the key of another purpose.

    Method: HKDF (RFC 5869) with SHA-256, no salt, the purpose as ``info``.
    """
    return hkdf(root, salt=b"", info=purpose.encode(), length=SHORTEST)


def hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    """Return ``length`` bytes of HKDF-SHA-256: extract, then expand (RFC 5869, section 2)."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    expanded, block = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(extracted, block + info + bytes([number]), "sha256")
        expanded += block
    return expanded[:length]


def throw_away(lake: str) -> str:
    """Return a key beside the lake for data that nobody is in; made on first use, only its owner may read it."""
    local = _local(lake)
    place = Path(f"{local or Path(lake.rstrip('/')).name}-key").absolute()
    if not place.exists():
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SHORTEST) + "\n")
    return str(place)


def _content_problems(key: str, place: Path) -> list[str]:
    try:
        content = read_key(str(place))
    except OSError as error:
        return [f"--key {key}: it cannot be read: {error.strerror}."]
    if len(content) < SHORTEST:
        return [f"--key {key}: {len(content)} bytes found, at least {SHORTEST} expected: {MADE_BY}."]
    if len(set(content)) < FEWEST_BYTES:
        return [f"--key {key}: {len(set(content))} different bytes found; a key drawn at random expected: {MADE_BY}."]
    return []


def _local(path: str) -> Path | None:
    """Return the path on this machine; None when it is on another file system."""
    if path.startswith("file:"):
        return Path("/" + path.removeprefix("file:").lstrip("/"))
    return None if Location(path).has_scheme else Path(path)
