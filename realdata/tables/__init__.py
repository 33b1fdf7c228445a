"""Benchmark tables: the seeds' data sets and methods, over seeds, with intervals."""

from realdata.tables import pretrained
from realdata.tables.definitions import TABLES, Column, Method, Table, create, names
from realdata.tables.results import BASELINE, PRESERVED, ordering, published, summarise
from realdata.tables.runs import collect, configs, findings, not_run, to_markdown, train_table

__all__ = [
    "BASELINE",
    "PRESERVED",
    "TABLES",
    "Column",
    "Method",
    "Table",
    "collect",
    "configs",
    "create",
    "findings",
    "names",
    "not_run",
    "ordering",
    "pretrained",
    "published",
    "summarise",
    "to_markdown",
    "train_table",
]
