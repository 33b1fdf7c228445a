"""The command line: each command in a module of its own, heavy imports only when it runs."""

from gaplab.cli.app import app, main

__all__ = ["app", "main"]
