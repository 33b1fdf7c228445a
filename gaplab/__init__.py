"""gaplab: check, simulate, measure and repair the modality gap of CLIP-style models.

The rooms are packages of their own: ``theory`` (mathematics), ``sim`` (hyperspheres),
``realdata`` (training), ``figures`` (pictures and the report). This package holds the
command line (``gaplab.cli``) and the records that travel between them (``gaplab.records``).
"""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("gaplab")
