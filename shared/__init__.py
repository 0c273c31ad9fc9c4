"""What every service stands on: contracts, the log, the journal, lanes, effects and timers.

Reading order: `topics` and `events/` (what is said, and where), `errors` (what to do next),
`bus` and `store` (the two ports), `journal`, `lanes` (the idea), `effects`, `timers`,
then the adapters `kafka` and `mongo`, and `service`, which hosts them in a process.
"""
