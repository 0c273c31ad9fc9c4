"""The real kernel and the real services in one process, over a simulated log and database.

Time is virtual and a seed decides everything: who runs next, what is lost, late or doubled, who is
killed at which await, who goes on as a zombie.  A seed replays exactly.

Reading order: `loop` (time and processes), `faults` (what becomes of a request), `log`, `groups`
and `table` (the broker and the database), `host` (wiring), `world` (one schedule), `villain` (what
is done to it), `check` (what must hold), `toys` and `toy_notices`, `toy_world`, `schedule`.

    python -m deploy.simulation --schedules 20000 --seed 0
"""
