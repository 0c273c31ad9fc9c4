"""Publishes the contracts into `docs/contracts`, and says what a change of them breaks.

Reading order: `rules` (what breaks whom), `compare` (two JSON Schemas), `http` and `topics` (two
OpenAPI, two AsyncAPI documents), `edges` (OpenAPI of each service), `tables` (for the pages),
`published` (every file), `baseline` (what was published last), `__main__` (`make contracts`).
"""
