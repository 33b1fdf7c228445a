"""The error of a file or folder that cannot be read, written or used."""

__all__ = ["RecordError"]


class RecordError(ValueError):
    """A record that cannot be used: one sentence with the path, the trouble and the remedy."""
