"""Executable model of the lane (`shared/lanes/loop.py`): seeded generators, no broker or database.

Services S1 → S2 → S3, several lanes, several processes per service, one loop per process over all
its lanes.  Every `yield` is a point where anything else may run, or where the process dies.  After
a rebalance an old owner may go on as a zombie: it fetches, claims, inserts and publishes; only its
commit is fenced.  Requests to the broker and to the database are under way until they are carried
out, which may be after their sender gave up or died.

Reading order: `parts` (what there is), `domain` (what is decided), `process` (the algorithm),
`facts` (what it prepares), `deciding` (what it makes of a batch), `drafts` (how it was first
meant), `group` (who has which lanes), `world` (the adversary), `check` (what must hold), `variants`
(the algorithm and its broken versions).  `effects` is a model apart.

    python -m tests.simulation.model run right 5000      count violations
    python -m tests.simulation.model find draft 5000     and show the shortest failing trace of each
"""
