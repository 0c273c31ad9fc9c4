"""Indicators: what they are counted from, kept, and told.

Reading order: `snapshots` (counts of all units as of a day), `views` (as everybody is told them),
`evidence` (which applications that are), `scoring` (the service index),
`readiness` (what a service centre has), `syncing` (what portals sent, and what stands).
"""
