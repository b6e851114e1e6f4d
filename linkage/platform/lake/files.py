"""Files on any Hadoop file system, seen from the driver: a path or a URI, never Python's own ``open``."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession


class Files:
    """Reads, writes and lists small files through Hadoop's FileSystem."""

    def __init__(self, spark: SparkSession) -> None:
        self._jvm: Any = spark.sparkContext._jvm
        self._hadoop: Any = spark.sparkContext._jsc.hadoopConfiguration()

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(path)

    def _system(self, path: str) -> Any:
        return self._path(path).getFileSystem(self._hadoop)

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
        """Write a small file whole; make its folder if needed."""
        stream = self._system(path).create(self._path(path), True)
        try:
            stream.write(bytearray(content))
        finally:
            stream.close()

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
        """Move a file or a folder within one file system."""
        self._system(old).rename(self._path(old), self._path(new))
