"""The root key: where its file may lie, what it must be, and the keys that are derived from it; never what it holds."""

from __future__ import annotations

import argparse
import hmac
import os
import secrets
import stat
from pathlib import Path
from string import hexdigits

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.running.options import Location
from linkage.platform.settings import Environment

MADE_BY = "openssl rand -hex 32"
SHORTEST = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
FEWEST_DIGITS, FEWEST_BYTES = 10, 20
"""Different hexadecimal digits or bytes in a key: fewer is a placeholder. Of 10,000 drawn keys one has fewer."""
BASE, ROUNDING, EXTRACT, REJECTS, REGISTER = "base", "rounding", "extract", "rejects", "register"
"""What keys are derived for: the pseudonyms of the base, the rounding of counts, an extract, the lines set aside, the
sealed counts of the register."""


def is_given(args: argparse.Namespace) -> bool:
    """Return whether the job was given a key, by ``--key`` or its environment."""
    return bool(args.key or config.settings(f"env/{args.env}.toml", Environment).key_file)


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
        There is no key, or it lies in the lake, is a link or another user's, others may read it, or it was not drawn.
    """
    if not key:
        raise InputError(
            "--key: no key file given, neither here nor as key_file in conf/env. Make one outside the lake: "
            f"(umask 077; {MADE_BY} > FILE), then give --key FILE."
        )
    place = Location(key).here
    if place is None:
        raise InputError(f"--key {key}: a path on this machine expected, the same on every machine of a cluster.")
    if not place.is_file():
        raise InputError(f"--key {key}: no such file. Make one outside the lake: (umask 077; {MADE_BY} > FILE).")
    problems = []
    if place.is_symlink():
        problems.append(
            f"--key {key}: a symbolic link found, the file itself expected: who moves the link moves the key."
        )
    place = place.resolve()
    zone = Location(lake).here
    if zone is not None and place.is_relative_to(zone.resolve()):
        problems.append(f"--key {key}: it lies inside the lake {lake}; a path outside it expected.")
    status = place.stat()
    if status.st_uid != os.geteuid():
        problems.append(f"--key {key}: another user's file found; a file of the account that runs the job expected.")
    if status.st_mode & OTHERS:
        mode = stat.S_IMODE(status.st_mode)
        problems.append(f"--key {key}: mode {mode:04o} found, its owner alone expected: chmod 400 {key}.")
    problems += _content_problems(key, place)
    if problems:
        raise InputError(problems)
    return str(place)


def is_closed(file: str) -> bool:
    """Tell whether a key file is the file itself, which its owner alone may open: what a worker checks of its own."""
    return not Path(file).is_symlink() and not Path(file).stat().st_mode & OTHERS


def read_key(file: str) -> bytes:
    """Return the root key: the file's bytes, without the end of line that text tools leave."""
    return Path(file).read_bytes().rstrip(b"\r\n")


def key_id(key: bytes) -> str:
    """Return what may be written of a key: it tells two keys apart and gives neither away."""
    return hmac.digest(key, b"kid", "sha256")[:8].hex()


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
    local = Location(lake).here
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
    text = content.decode("latin-1")
    is_text, is_hexadecimal = text.isascii() and text.isprintable(), all(digit in hexdigits for digit in text)
    if is_text and not is_hexadecimal:
        return [f"--key {key}: printable text found, which may be words; a key drawn at random expected: {MADE_BY}."]
    unlike = len(set(text.lower() if is_hexadecimal else text))
    if unlike < (FEWEST_DIGITS if is_hexadecimal else FEWEST_BYTES):
        return [f"--key {key}: {unlike} different bytes found; a key drawn at random expected: {MADE_BY}."]
    if content in (content + content)[1:-1]:
        return [f"--key {key}: the same part again and again found; a key drawn at random expected: {MADE_BY}."]
    return []
