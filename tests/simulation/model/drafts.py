"""The lane as first meant: publish again what a redelivered record led to.  It does not do."""

from collections.abc import Sequence

from tests.simulation.model.deciding import decide_one
from tests.simulation.model.domain import is_known
from tests.simulation.model.facts import prepare
from tests.simulation.model.parts import EMPTY, Cause, Facts, Fetched, Steps, Unknown, Version
from tests.simulation.model.process import Process


class Draft(Process):
    """`options.draft`: latest|any (versions looked at), redecide|publish (after a refusal)."""

    def batch(self, batch: list[Fetched]) -> Steps:
        todo, out, fresh = list(batch), [], []
        try:
            while todo:
                for app in dict.fromkeys(f.record.app for f in todo):
                    if app not in self.cache:
                        self.cache[app] = self.latest(app)
                yield
                facts = yield from prepare(self, todo, self.cache)
                versions, whose, again = self.decide_all(todo, facts)
                out += again
                refused = yield from self.insert(versions)
                standing = [v for i, v in enumerate(versions) if i not in refused]
                out += standing
                fresh += standing
                todo = [whose[i] for i in refused]
                for i in refused:
                    app = versions[i].app
                    self.cache.pop(app, None)
                    if "publish" in self.options.draft and i == refused[0]:
                        journal = self.world.journals[self.service][app]
                        theirs = [journal[n] for n in sorted(journal) if n >= versions[i].number]
                        out += [v for v in theirs if v not in out]
            yield from self.publish(out)
        except Unknown:
            self.log("CRASH (outcome unknown: restarts)")
            self.stop()
            yield
            return
        yield from self.set_timers(fresh)

    def decide_all(
        self, todo: Sequence[Fetched], facts: Facts
    ) -> tuple[list[Version], list[Fetched], list[Version]]:
        versions: list[Version] = []
        whose: list[Fetched] = []
        again: list[Version] = []
        for fetched in todo:
            place, offset, record = fetched
            state = self.cache.get(record.app, EMPTY)
            if is_known(state, record):
                again += self.led_to(state, Cause(place, offset))
                continue
            for version in decide_one(self, state, record, Cause(place, offset), facts):
                versions.append(version)
                whose.append(fetched)
                self.cache[record.app] = version
        return versions, whose, again

    def led_to(self, state: Version, cause: Cause) -> list[Version]:
        journal = self.world.journals[self.service].get(state.app, {})
        look = [state] if "latest" in self.options.draft else [journal[n] for n in sorted(journal)]
        return [v for v in look if v.cause == cause]
