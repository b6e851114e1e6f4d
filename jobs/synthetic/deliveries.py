"""Delivery folders as the two administrations would send them, written by the executors on any Hadoop file system."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from linkage.platform.lake.files import Files

PARTS_ABOVE = 500_000
"""Procedures a delivery may hold before its files are split in parts."""
SCRATCH = "_en_cours"
"""The folder, under the output, that holds tables until their files are gathered."""
TRUTH = "truth"
YEAR, PART = "millesime", "partie"
CSV = {
    "sep": ";",
    "header": "true",
    "encoding": "UTF-8",
    "emptyValue": "",
    "dateFormat": "yyyy-MM-dd",
    # a key typed with a trailing space must keep it
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
}


def write_deliveries(
    frames: Mapping[str, DataFrame],
    out: str,
    *,
    procedures: int,
    years: tuple[int, int],
    extraction: datetime.date,
    parts_above: int = PARTS_ABOVE,
) -> None:
    """Write ``<source>_<millesime>/`` and ``truth/`` under ``out``, a file per table, parts in large countries.

    Rows lie in the order of their key and parts are cut by a hash of it, so that the bytes depend on the rows alone.
    """
    spark = next(iter(frames.values())).sparkSession
    files = Files(spark)
    parts = -(-procedures // (years[1] - years[0] + 1) // parts_above)
    scratch, scratch_tables = f"{out}/{SCRATCH}", f"{out}/{SCRATCH}/ecrits"
    files.delete(scratch_tables)
    delivered: dict[str, list[str]] = {}

    def write(name: str) -> None:
        is_truth = name.startswith(f"{TRUTH}_")
        rows, partitions = (frames[name].drop(YEAR), [PART]) if is_truth else (frames[name], [YEAR, PART])
        _write_table(rows, f"{scratch_tables}/{name}", parts, partitions)

    try:
        with ThreadPoolExecutor(max_workers=2) as two:  # while one plans or commits, the other computes
            list(two.map(write, frames))
        for name, frame in frames.items():
            source, _, table = name.partition("_")
            if source == TRUTH:
                folders = {TRUTH: ""}
            else:
                folders = {f"{source}_{year}": f"/{YEAR}={year}" for year in range(years[0], years[1] + 1)}
            for folder, slice in folders.items():
                written_table, target = f"{scratch_tables}/{name}{slice}", f"{scratch}/{folder}/{table}.csv"
                names = _gather(files, written_table, target, parts, [c for c in frame.columns if c != YEAR])
                delivered.setdefault(folder, []).extend(names)
        lines = _data_rows(spark, scratch, delivered)
        for folder, names in delivered.items():
            if folder != TRUTH:
                source, _, vintage = folder.rpartition("_")
                entries = {
                    name: {"lignes": lines[f"{folder}/{name}"], "sha256": files.sha256(f"{scratch}/{folder}/{name}")}
                    for name in names
                }
                manifest = {
                    "source": source,
                    "millesime": int(vintage),
                    "date_extraction": extraction.isoformat(),
                    "contrat": 1,
                    "fictif": True,
                    "fichiers": entries,
                }
                text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
                files.write_text(f"{scratch}/{folder}/manifest.json", text)
                _without_checksum(files, f"{scratch}/{folder}/manifest.json")
        for folder in delivered:
            files.rename(f"{scratch}/{folder}", f"{out}/{folder}")
    finally:
        files.delete(scratch)


def _write_table(frame: DataFrame, path: str, parts: int, partitions: list[str]) -> None:
    """Write a table in one Spark job: a folder per partition, one file in each, rows in the order of all columns."""
    key = [column for column in frame.columns if column not in partitions]
    part = F.pmod(F.xxhash64(key[0]), F.lit(parts)).cast("int")
    (
        frame.withColumn(PART, part)
        .repartition(8 * parts, *partitions)
        .sortWithinPartitions(*partitions, *key)
        .write.partitionBy(*partitions)
        .options(**CSV)
        .csv(path)
    )


def _gather(files: Files, written_table: str, target: str, parts: int, columns: list[str]) -> list[str]:
    """Move the files of one table and year into their delivery; a part without rows gets a header alone."""
    folder, _, name = target.rpartition("/")
    names = [name] if parts == 1 else [f"{name}/part-{part:05d}.csv" for part in range(parts)]
    files.make_folder(folder if parts == 1 else target)
    for part, file in enumerate(names):
        path = f"{written_table}/{PART}={part}"
        part_files = [entry for entry in files.children(path) if entry.endswith(".csv")]
        if part_files:
            files.rename(f"{path}/{part_files[0]}", f"{folder}/{file}")
        else:
            files.write_text(f"{folder}/{file}", ";".join(columns) + "\n")
        _without_checksum(files, f"{folder}/{file}")
    return names


def _without_checksum(files: Files, path: str) -> None:
    # a local file system keeps a hidden checksum beside each file, and would refuse a file that its user edited later
    folder, _, name = path.rpartition("/")
    files.delete(f"{folder}/.{name}.crc")


def _data_rows(spark: SparkSession, folder: str, delivered: Mapping[str, list[str]]) -> dict[str, int]:
    """Count the lines of each file as it lies on disk, without its header; no value holds a line break."""
    paths = [f"{folder}/{name}/{file}" for name, files in delivered.items() for file in files]
    lines_by_file = (
        spark.read.text(paths)
        .groupBy(F.col("_metadata.file_path").alias("path"))
        .agg(F.count(F.lit(1)).alias("lignes"))
        .collect()
    )
    line_counts = {row["path"]: int(row["lignes"]) - 1 for row in lines_by_file}
    return {
        f"{name}/{file}": next(
            count for path, count in line_counts.items() if path.endswith(f"/{SCRATCH}/{name}/{file}")
        )
        for name, files in delivered.items()
        for file in files
    }
