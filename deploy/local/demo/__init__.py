"""`make demo`: a whole system, 300 applications from submission to result, and the proof.

Reading order: `story` and `wrongs` (what will happen), `scene` (where), `acts` and `play` (it
happens), `board` and `screen` (how far it is), `rest` and `gather` (the evidence), `devices` and
`status` (what people see), `figures` and `tables` (what there is to tell), `verdict`, `show` (from
beginning to end), `keeping` (what to try next).
"""

from deploy.local.demo.show import run

__all__ = ["run"]
