"""A lock that the operating system holds for the driver's JVM, and gives back when that process ends."""

from __future__ import annotations

from typing import Any

from py4j.protocol import Py4JJavaError
from typing_extensions import Self


class FileLock:
    """A lock that the operating system holds for this JVM, on a file that says who holds it.

    The file is read and written through the lock's own channel alone: the system takes the lock away from a process
    as soon as it closes the file, by whatever other way it had opened it.
    """

    def __init__(self, jvm: Any, channel: Any) -> None:
        self._jvm, self._channel = jvm, channel

    @classmethod
    def taken(cls, jvm: Any, file: str) -> Self | None:
        """Return the lock of a file, taken until the JVM ends; None when another process holds it."""
        channel = jvm.java.io.RandomAccessFile(file, "rw").getChannel()
        try:
            taken = channel.tryLock()
        except Py4JJavaError:  # this very JVM holds it, for another run
            taken = None
        if taken is None:
            channel.close()
            return None
        return cls(jvm, channel)

    def read(self) -> bytes:
        """Return the file's content."""
        content = self._jvm.java.nio.ByteBuffer.allocate(self._channel.size())
        self._channel.read(content, 0)
        return bytes(content.array())

    def write(self, content: bytes) -> None:
        """Write the file's content, through the lock's own channel."""
        self._channel.truncate(0)
        self._channel.write(self._jvm.java.nio.ByteBuffer.wrap(bytearray(content)), 0)
        self._channel.force(True)

    def release(self) -> None:
        """Give the lock back."""
        self._channel.close()
