"""Of a period, from the log alone: that nothing was lost, doubled or forgotten.

What belongs to a period: the applications whose ids were made in it (a UUIDv7 has that instant in
it), children with their parents, petitions likewise; with all that came of each until now.  So
every application is in one period, and periods beside each other are together the longer one.

Reading order: `period`, `tally` (what is found, and how it is added), `doors` (what came in was
answered), `sequences`, `money`, `notices`, `standing`, `checks` (all of these), `equations`.
"""
