"""`motcua prove`: of a period, that nothing was lost, doubled or forgotten, as a signed report.

What is checked, and what a period is, is operations' (`services.operations.domain.proof`).  Here it
is run over MongoDB with bounded memory, signed, shown, and verified.

Reading order: `signing`, `report`, `outside` (where the read side is), `shown`, `command`.
"""
