"""The errors that tell a person what they gave and what to do about it."""

__all__ = ["InputError", "InputTypeError"]


class InputError(ValueError):
    """An argument that cannot be used.

    The message is one sentence with the argument, its value and the remedy; the command
    line prints it and exits with 2.
    """


class InputTypeError(InputError, TypeError):
    """An argument of a type that cannot be used, such as whole numbers for embeddings."""
