"""Petitions at the edge: `at_units` (what lies where), `sealing` (their texts), `views`,
`portal_api` (citizens, through their portals), `office_api` (officers and operators).
"""
