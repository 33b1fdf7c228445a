"""The fresh process in which memory is measured."""

import sys

from gaplab.cli.benchmarks.memory import answer

print(answer(sys.stdin.read()))
