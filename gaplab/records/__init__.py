"""What travels between the rooms, and how it is kept on disk."""

from gaplab.records.certificates import load_certificates, save_certificates
from gaplab.records.embeddings import Embeddings, load_array, load_values, load_views
from gaplab.records.errors import RecordError, RunError
from gaplab.records.files import atomic_path, read_json, write_json, write_text
from gaplab.records.ledger import load_ledger, save_ledger
from gaplab.records.provenance import machine, versions
from gaplab.records.raw import RawFormat
from gaplab.records.runs import RunFolder
from gaplab.records.state import load_state, save_state
from gaplab.records.trajectory import (
    Recorder,
    concat_runs,
    config_of,
    load_trajectory,
    save_trajectory,
)

__all__ = [
    "Embeddings",
    "RawFormat",
    "RecordError",
    "Recorder",
    "RunError",
    "RunFolder",
    "atomic_path",
    "concat_runs",
    "config_of",
    "load_array",
    "load_certificates",
    "load_ledger",
    "load_state",
    "load_trajectory",
    "load_values",
    "load_views",
    "machine",
    "read_json",
    "save_certificates",
    "save_ledger",
    "save_state",
    "save_trajectory",
    "versions",
    "write_json",
    "write_text",
]
