"""Petitions: `terms` (which kinds there are, by when they are answered), `states` (the legal moves
and the state they lead through), `deciding` (one decision), `steps` (what each move does).
"""
