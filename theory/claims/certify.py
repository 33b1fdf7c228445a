"""Write the certificates that ``quick`` cannot redo: ``python -m theory.claims.certify [ID …]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from theory.claims import names
from theory.claims.base import get
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import PROFILES
from theory.claims.stored import save

__all__ = ["main"]


def main(ids: Iterable[str]) -> None:
    """Certify claims under ``full`` and store those that take more boxes than ``quick`` has."""
    engine = CertificateEngine()
    for kind in map(get, list(ids) or names()):
        if not engine.applies(kind()):
            continue
        certificate = engine.certify(kind(), PROFILES["full"], seed=0)
        if certificate is None:
            print(f"{kind.id}: does not close")
        elif certificate.boxes <= PROFILES["quick"].boxes:
            print(f"{kind.id}: {certificate.boxes} boxes, which quick redoes")
        else:
            print(f"{kind.id}: {certificate.boxes} boxes, {save(certificate)}")


if __name__ == "__main__":
    main(sys.argv[1:])
