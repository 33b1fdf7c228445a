"""``python -m gaplab``."""

from gaplab.cli import main

main()
