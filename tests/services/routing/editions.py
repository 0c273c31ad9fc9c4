"""Editions of the catalogue with other days off than the first."""

from dataclasses import replace
from datetime import date

from shared.catalogue import CalendarDay, Catalogue


def off(day, **changes):
    return CalendarDay(day, "off", "announced late", "high", **changes)


def announced(catalogue: Catalogue, *days: date) -> Catalogue:
    """Return the next edition, with these days off."""
    rows = (*catalogue.calendar_days, *(off(day) for day in days))
    return replace(catalogue, version="next", calendar_days=rows)
