"""The real kernel and the real services in one process, over a simulated log and database.

Time is virtual and a seed decides everything: who runs next, what is lost, late or doubled, who is
killed at which await, who goes on as a zombie.  A seed replays exactly.

Reading order: `loop` (time and processes), `faults` (what becomes of a request), `log`, `groups`
and `table` (the broker and the database), `host` (wiring), `world` (one schedule), `villain` (what
is done to it), `check` (what must hold).  Two scenarios: services without business (`toys`,
`toy_notices`, `gateway`, `toy_world`), and the real ones among citizens, officers and a bank
(`outside`, `people`, `bank`, `services_world`, `services_check`).  `schedule` goes by the seed.

    python -m deploy.simulation --schedules 20000 --seed 0
"""
