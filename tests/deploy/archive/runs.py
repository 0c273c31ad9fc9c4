"""Runs of the archive as tests make them: exported, ended at a step, looked at afterwards."""

from datetime import timedelta
from itertools import count

from deploy.archive import files, run
from deploy.archive.books import decode
from deploy.archive.run import Found

QUIET = timedelta(days=30)


class Killed(BaseException):
    """Nothing catches it."""


def killed_at(step, times=1):
    counted = count(1)

    def reached(name):
        if name == step and next(counted) == times:
            raise Killed

    return reached


def go_on(_):
    return None


def export(books, to, now, limit=1_000):
    found = Found()
    chosen = run.choose(books.books, books.committed, QUIET, limit, now, found)
    return run.export(books.books, chosen, to, now - QUIET, now), found


def archived_rows(folder):
    """Return every row of a run's files, by service and id."""
    out = {}
    for service, file in files.manifest(folder).services.items():
        for _, rows in files.applications(folder / file.name):
            out |= {f"{service} {decode(row)['_id']}": row for row in rows}
    return out


async def states(books, url, names):
    found = {}
    for service in books.books:
        for name in names:
            latest = await books.latest(url, service, name)
            found[service, name] = latest and (
                latest.state,
                latest.seen,
                latest.handled,
                latest.sequence,
            )
    return found
