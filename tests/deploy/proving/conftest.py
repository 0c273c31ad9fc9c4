"""The report and the keys of operations' tests."""

from tests.services.operations.proofs.conftest import keys, report

__all__ = ["keys", "report"]
