"""Import: a file of applications, one a line, handed in for a counter or a portal.

For counters that were without a network, and for a change of systems.  Lines are checked by
intake's own rules, encrypted, appended to `portal.submissions`; what becomes of each is read from
`intake.events`.  Nothing is kept of how far it is: a run that was cut off begins again, reads what
was answered since the first began (`journal`), and sends the rest.  What it sends twice has the
same message id, so intake takes it once.

Reading order: `lines` (a line), `remedies` (what may be wrong with it besides intake's rules),
`checking` (all of a file), `ledger` (what becomes of each), `journal`, `log` (the log as an import
needs it, and Kafka as that), `run` (sends and follows), `lists` (what is written beside the file),
`command`, `shown`; `generate` makes a file to try it with.
"""
