"""What operators tell many: rows of who did what, of who is told, and of how far it has come.

Reading order: `domain/broadcasts` (its life), `domain/audience` (whom, and what became of it),
`domain/announcement` (in which words), then here `rows`, `walking` (who is concerned), `telling`
(each gets it by its own lane, in `notify.inbox`), `results`, `rounds` (the loop that does these),
`wordbook` (where the words come from when a notice goes out).
"""
