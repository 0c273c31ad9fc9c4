"""Alarms: somebody is woken before a citizen calls.

Reading order: `rows` (how they are kept), `sightings` and `checking` (what is looked at), `runner`
(the loop), `telling`, `webhook` and `mail` (to whom it is said), `desk` (what operators do).
"""
