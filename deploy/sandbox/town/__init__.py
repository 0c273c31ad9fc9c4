"""A town of made-up citizens and officers, for a system that is left running to be tried out.

They hand in for as long as something is made to go wrong, so that it can be seen; what they handed
in they carry to its end.  What needs a person's choice is left to who tries it out.

Reading order: `sender` (what is handed in), `life` (who attends to what), `__main__`.
"""
