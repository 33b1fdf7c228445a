"""The one error that tells a person what they gave and what to do about it."""

__all__ = ["InputError"]


class InputError(ValueError):
    """An argument that cannot be used.

    The message is one sentence with the argument, its value and the remedy; the command
    line prints it and exits with 2.
    """
