"""Benchmark tables: the seeds' data sets and methods, over seeds, with intervals."""

from realdata.tables import pretrained
from realdata.tables.definitions import TABLES, Column, Method, Table, create, names
from realdata.tables.results import BASELINE, PRESERVED, ordering, published, summarise
from realdata.tables.runs import collect, configs, to_markdown, told_ordering, train_table

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
    "names",
    "ordering",
    "pretrained",
    "published",
    "summarise",
    "to_markdown",
    "told_ordering",
    "train_table",
]
