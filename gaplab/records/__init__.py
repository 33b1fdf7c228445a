"""What travels between the rooms, and how it is kept on disk."""

from gaplab.records.errors import RecordError

__all__ = ["RecordError"]
