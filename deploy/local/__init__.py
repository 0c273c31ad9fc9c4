"""The local stack: real Kafka, real MongoDB, the five services and the sandbox partners.

Everything it keeps stands in one ignored folder, `.local`: data, logs, pid files, secrets and
Kafka's jars.  Where it fails on purpose, it says in one sentence what to do
(`shared.errors.Misconfigured`).

Reading order: `settings` (ports and folders) · `children` and `leash` (processes, and why none is
left behind) · `kafka`, `mongo` (the two real parts) · `stack` (both together; tests use it) ·
`topics` · `secrets` · `processes` (the table of services and partners) · `launcher` (all of it) ·
`cli`.
"""
