"""Who may read a lake: its owner and the groups of its folders, nobody else."""

from __future__ import annotations

import stat
from pathlib import Path

from linkage.platform.errors import InputError
from linkage.platform.lake import record
from linkage.platform.running.options import Location

THROUGH = stat.S_IXOTH
"""Others may pass through the lake's own folder, to a folder whose group they belong to; they list and read nothing."""


def close_to_others(lake: str) -> list[str]:
    """Take from others what they may do in a lake of this machine; return the names of what was open to them.

    A folder that is closed closes what is in it: those below are not looked at. On another file system its
    administrator sets the modes; the session sets those of what it writes.

    Raises
    ------
    InputError
        Something is open to others, and another user's: this account cannot close it.
    """
    place = Location(lake).here
    if place is None or not place.is_dir():
        return []
    # The record names tables and their versions, nothing of their rows: every reader needs it.
    allowed = {place: THROUGH, place / record.FILE: stat.S_IROTH}
    too_open = [one for one in (place, *sorted(place.iterdir())) if _open(one) & ~allowed.get(one, 0)]
    try:
        for one in too_open:
            one.chmod(stat.S_IMODE(one.stat().st_mode) & ~(stat.S_IRWXO & ~allowed.get(one, 0)))
    except PermissionError:
        raise InputError(
            f"--lake {lake}: {', '.join(_names(too_open, place))}: open to all users of this machine, and not this "
            "account's. Its owner closes it: chmod o-rwx."
        ) from None
    return _names(too_open, place)


def _open(one: Path) -> int:
    return 0 if one.is_symlink() else one.stat().st_mode & stat.S_IRWXO


def _names(places: list[Path], lake: Path) -> list[str]:
    return ["the folder itself" if one == lake else one.name for one in places]
