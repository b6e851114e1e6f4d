"""Files on any Hadoop file system, seen from the driver: a path or a URI, never Python's own ``open``."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from linkage.platform.lake.file_lock import FileLock
from linkage.platform.lake.reading import unfinished_of


class Files:
    """Reads, writes and lists small files through Hadoop's FileSystem."""

    def __init__(self, spark: SparkSession) -> None:
        self._jvm: Any = spark.sparkContext._jvm
        self._hadoop: Any = spark.sparkContext._jsc.hadoopConfiguration()

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(path)

    def _system(self, path: str) -> Any:
        system = self._path(path).getFileSystem(self._hadoop)
        # On this machine, without Hadoop's checksum files beside: a kill between a file and its checksum, which are
        # two renames, would leave a file that can never be read again.
        return system.getRaw() if system.getUri().getScheme() == "file" else system

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder."""
        return bool(self._system(path).exists(self._path(path)))

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        return self.exists(path) and bool(self._system(path).getFileStatus(self._path(path)).isDirectory())

    def size(self, path: str) -> int:
        """Return the bytes of a file."""
        return int(self._system(path).getFileStatus(self._path(path)).getLen())

    def size_of_all(self, folder: str) -> int:
        """Return the bytes of all files below a folder; 0 when there is no such folder."""
        if not self.exists(folder):
            return 0
        return int(self._system(folder).getContentSummary(self._path(folder)).getLength())

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the bytes of every file below a folder, by its path in it."""
        system, found = self._system(folder), {}
        top = system.makeQualified(self._path(folder)).toUri()
        every = system.listFiles(self._path(folder), True)
        while every.hasNext():
            status = every.next()
            found[str(top.relativize(status.getPath().toUri()).getPath())] = int(status.getLen())
        return found

    def free_bytes(self, folder: str) -> int:
        """Return the bytes that can still be written where a folder lies."""
        return int(self._system(folder).getStatus(self._path(folder)).getRemaining())

    def children(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; none when there is no such folder."""
        if not self.exists(folder):
            return []
        return sorted(status.getPath().getName() for status in self._system(folder).listStatus(self._path(folder)))

    def read_bytes(self, path: str, *, at_most: int | None = None) -> bytes:
        """Return the file's first bytes, all of them by default."""
        stream = self._system(path).open(self._path(path))
        try:
            return bytes(stream.readNBytes(at_most) if at_most is not None else stream.readAllBytes())
        finally:
            stream.close()

    def read_text(self, path: str) -> str:
        """Return the file as UTF-8 text."""
        return self.read_bytes(path).decode("utf-8")

    def write_text(self, path: str, text: str) -> None:
        """Write a small file whole; make its folder if needed."""
        self.write_bytes(path, text.encode("utf-8"))

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a small file in one step: under another name first, so that a reader sees it whole or not at all."""
        self._write_whole(path, content)

    def _write_whole(self, path: str, content: bytes, mode: Any = None) -> None:
        folder, _, name = path.rpartition("/")
        unfinished = f"{folder}/.{name}.{uuid.uuid4().hex}"
        try:
            self._create(unfinished, content)
            if mode is not None:
                self._system(unfinished).setPermission(self._path(unfinished), mode)
            self._replace(unfinished, path)
        except BaseException:
            with suppress(Py4JJavaError):
                self.delete(unfinished)
            raise

    @contextmanager
    def whole_folder(self, folder: str) -> Iterator[str]:
        """Give a folder to fill that takes its name at the end only, so that it is whole or not there.

        What a killed run left of it is deleted at the next start.
        """
        unfinished = unfinished_of(folder)
        self.delete(unfinished)
        try:
            yield unfinished
        except BaseException:
            with suppress(Py4JJavaError, OSError):
                self.delete(unfinished)
            raise
        self.delete_if_empty(folder)
        self.rename(unfinished, folder)

    def write_for_all(self, path: str, text: str) -> None:
        """Write a small file whole, as ``write_text`` does, that every account may read."""
        mode = self._jvm.org.apache.hadoop.fs.permission.FsPermission("644")
        self._write_whole(path, text.encode("utf-8"), mode)

    def create_new(self, path: str, content: bytes) -> bool:
        """Write a small file where there is none; return False, and write nothing, where there is one."""
        if self.exists(path):
            return False
        try:
            self._create(path, content, overwrite=False)
        except Py4JJavaError:
            if self.exists(path):
                return False
            raise
        return True

    def seconds_since_change(self, path: str) -> float:
        """Return the seconds since a file was last written, by the clock of this machine; 0 when it is gone."""
        if not self.exists(path):
            return 0.0
        changed = int(self._system(path).getFileStatus(self._path(path)).getModificationTime())
        return time.time() - changed / 1000

    def scheme(self, path: str) -> str:
        """Return the kind of file system that a path lies on, as in ``file`` or ``hdfs``."""
        return str(self._system(path).getUri().getScheme())

    def lock(self, path: str) -> FileLock | None:
        """Lock a file of this machine for the JVM, until it ends; None when another process holds it."""
        return FileLock.taken(self._jvm, self._path(path).toUri().getPath())

    def is_held(self, path: str, *, silent_s: float) -> bool:
        """Return whether a process has renewed a file in the last seconds: here nobody knows who holds it."""
        return self.exists(path) and self.seconds_since_change(path) < silent_s

    def _create(self, path: str, content: bytes, *, overwrite: bool = True) -> None:
        stream = self._system(path).create(self._path(path), overwrite)
        try:
            stream.write(bytearray(content))
        finally:
            stream.close()

    def _replace(self, old: str, new: str) -> None:
        """Rename over a file in one step; on this machine rename does, elsewhere Hadoop's FileContext."""
        if self.scheme(new) == "file":
            self.rename(old, new)
            return
        rename = self._jvm.org.apache.hadoop.fs.Options.Rename
        options = self._jvm.java.lang.reflect.Array.newInstance(rename.NONE.getClass(), 1)
        options[0] = rename.OVERWRITE
        context = self._jvm.org.apache.hadoop.fs.FileContext.getFileContext(self._system(new).getUri(), self._hadoop)
        context.rename(self._path(old), self._path(new), options)

    def qualified(self, path: str) -> str:
        """Return the path with its scheme and host, encoded as in a URI."""
        return str(self._system(path).makeQualified(self._path(path)).toUri().toString())

    def sha256(self, path: str) -> str:
        """Return the file's SHA-256, read as a stream."""
        stream = self._system(path).open(self._path(path))
        try:
            return str(self._jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
        finally:
            stream.close()

    def sha256_of_gzipped(self, path: str) -> str:
        """Return the SHA-256 of what a gzipped file holds, read to its end as a stream.

        Raises
        ------
        OSError
            The file is truncated or is not gzip.
        """
        stream = self._system(path).open(self._path(path))
        try:
            content = self._jvm.java.util.zip.GZIPInputStream(stream)
            return str(self._jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(content))
        except Py4JJavaError as error:
            raise OSError(f"{path}: {error.java_exception.getClass().getSimpleName()}") from None
        finally:
            stream.close()

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        self._system(path).mkdirs(self._path(path))

    def delete(self, path: str) -> None:
        """Remove a file or a folder and all in it."""
        self._system(path).delete(self._path(path), True)

    def delete_if_empty(self, folder: str) -> None:
        """Remove a folder that holds nothing; leave one that holds something."""
        with suppress(Py4JJavaError):
            self._system(folder).delete(self._path(folder), False)

    def delete_at_exit(self, path: str) -> None:
        """Have Hadoop remove a folder when the JVM ends, however it ends but for an outright kill."""
        self._system(path).deleteOnExit(self._path(path))

    def rename(self, old: str, new: str) -> None:
        """Move a file or a folder within one file system.

        Raises
        ------
        OSError
            The file system refused.
        """
        if not self._system(old).rename(self._path(old), self._path(new)):
            raise OSError(f"{old}: it cannot be renamed to {new}")
