"""The errors of records and runs."""

__all__ = ["RecordError", "RunError"]


class RecordError(ValueError):
    """A record that cannot be used: one sentence with the path, the trouble and the remedy."""


class RunError(RuntimeError):
    """A run that was well asked for but failed: one sentence with the step and the values."""
