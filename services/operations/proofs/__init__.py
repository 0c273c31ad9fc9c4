"""Periods that are proven in the background, and the signed reports of them.

Reading order: `signing`, `report`, `paper` (as a page to print), `rows` (what is kept), `runner`
(the loop), `desk` (what is asked of it).
"""
