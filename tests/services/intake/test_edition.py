"""Another edition of the reference data may come while a batch waits for the database."""

from dataclasses import replace

from shared.catalogue.current import Current
from shared.events.intake import Refused, Registered


async def test_a_batch_is_judged_and_numbered_by_one_edition(make) -> None:
    units = {code: rows for code, rows in make.CATALOGUE.units.items() if code != "00004"}
    current = Current.of(make.CATALOGUE)
    form = make.form(residence_unit="00097")
    lane = make.Lane(catalogue=current)
    asked = lane.keys.insert_missing

    async def turning(rows):
        current.turn_to(replace(make.CATALOGUE, version="next", units=units))
        return await asked(rows)

    lane.keys.insert_missing = turning
    (outcome,) = await lane.take(make.arrival(form))
    (registered,) = outcome.events
    assert isinstance(registered, Registered)
    assert registered.dossier_code
    assert registered.catalogue_version == make.CATALOGUE.version
    assert registered.forms_version == make.FORMS.version
    (outcome,) = await lane.take(make.arrival(form, subject=make.uuid7(2), id="message 2"))
    (refused,) = outcome.events
    assert isinstance(refused, Refused)
    assert "unknown-unit" in {p.code for p in refused.problems}
    assert (refused.catalogue_version, refused.forms_version) == ("next", make.FORMS.version)


async def test_what_cannot_be_read_is_refused_by_an_edition_too(make) -> None:
    (outcome,) = await make.Lane().take(make.arrival(make.form(copies="two")))
    (refused,) = outcome.events
    assert refused.catalogue_version == make.CATALOGUE.version
    assert refused.forms_version == make.FORMS.version
