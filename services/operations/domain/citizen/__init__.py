"""What a citizen is told of an application: plain sentences in two languages, nothing personal.

Reading order: `words` (a sentence in both languages), `sentences`, `reasons` and `happenings` (all
that can be said, as tables), `course` (where the dossier stands and when it is due), `owed` and
`money`, `notices`, `parts`, `view` (all of it together, as the page shows it and portals read it).
"""
