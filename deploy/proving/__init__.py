"""`motcua prove`: of a period, that nothing was lost, doubled or forgotten, as a signed report.

What is checked, what a period is, and how a report is signed, is operations'
(`services.operations.domain.proof`, `services.operations.proofs`).  Here it is run over MongoDB
with bounded memory, shown, and verified.

Reading order: `outside` (where the read side is), `shown`, `command`.
"""
