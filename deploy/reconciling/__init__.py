"""Reconciling: a partner's statement of a day, against what payment holds of that day.

The log says what payment took in, by the time it did (`holdings`); what the day's log does not know
is asked of the journal.  A run checks the whole file before it matches a line (payment's
`statements/`), matches it in chunks (payment's `domain/matching`), keeps each break, tells lanes
what may be told, and remembers the chunk (`recorded`): a run that was cut off goes on after it.
Another file of the same day is a correction: what it changes is opened and closed, nothing else.

Reading order: `holdings` (payment's money of some hours), `recorded` (what runs remember), `cures`
(what lanes are told), `queue`, `run`, `outside` (Kafka and MongoDB as these need them), `shown`,
`command`; `settlement` and its command (what settled, and for whom); `generate` makes a day to try
it with.
"""
