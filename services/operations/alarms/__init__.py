"""Alarms: somebody is woken before a citizen calls.

Reading order: `rows` (how they are kept), `sightings` and `checking` (what is looked at), `runner`
(the loop), `telling` and `sending` (to whom it is said), `desk` and `views` (what operators do and
see).
"""
