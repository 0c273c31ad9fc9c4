"""Pure: a dossier, what came, and the catalogue in; the dossier and its events out.

Reading order: `states` (the table), `dossier` (what is kept, and the clocks), `moves` (one step
through the table), `filing` (what is known when it comes in), `rules` (which unit decides),
`choice` (where they cannot tell), `registration` (coming in, acceptance), `money` (what payment
says), `keys` (whose key may move it).
"""
