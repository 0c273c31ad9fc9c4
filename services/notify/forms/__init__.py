"""Official forms of an application, from what notify keeps of it.

Reading order: `filled` (which facts, from where), `drawing` (with the applicant's name, on paper).
"""
