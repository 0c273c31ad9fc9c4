"""The national form, sent for each period that is over to whom an operator subscribed to it.

Reading order: `domain.subscriptions` (for which periods, when again), `rows`, `sending`, `runner`
(the loop), `desk` (what operators ask).
"""
