"""The log from outside, without a group of its own: read whole, followed, and who lags behind it.

Reading order: `reading` (topics as they stand, and as they grow), `lag` (how far groups have come).
"""
