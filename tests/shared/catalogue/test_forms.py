import json
import shutil
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from shared.catalogue import load
from shared.catalogue.forms import CHANNELS, FORMS, LEVELS, Forms
from shared.catalogue.forms import load as load_forms
from shared.errors import Misconfigured

TODAY = date(2026, 11, 20)
CATALOGUE = load()


@pytest.fixture(scope="module")
def forms() -> Forms:
    return load_forms()


def copied(tmp_path):
    return shutil.copytree(FORMS, tmp_path / "forms")


def test_twelve_forms_and_more_are_written_for_every_payment_moment(forms) -> None:
    rows = [CATALOGUE.procedure(code, TODAY) for code in forms.written]
    assert None not in rows
    assert len(rows) >= 12
    assert {row.payment_moment for row in rows} == {
        row.payment_moment for row in CATALOGUE.procedures_in_force(TODAY)
    }


def test_every_procedure_has_a_form_that_is_a_json_schema(forms) -> None:
    for row in CATALOGUE.procedures_in_force(TODAY):
        form = forms.of(row, TODAY)
        Draft202012Validator.check_schema(form.schema)
        assert form.is_written is (row.code in forms.written)
        assert "$ref" not in json.dumps(form.schema)
        for asked in form.schema["properties"].values():
            assert asked["type"] == "string"
            assert asked["title"]
            assert asked["x-title-en"]


def test_what_a_form_stands_for_is_a_document_of_its_procedure(forms) -> None:
    for row in CATALOGUE.procedures_in_force(TODAY):
        form = forms.of(row, TODAY)
        assert form.documents <= set(row.required_documents)
        assert not form.stands_for or form.stands_for in form.documents
        assert form.levels
        assert form.channels


def test_every_name_in_the_receiving_rules_is_in_the_catalogue(forms) -> None:
    rows = CATALOGUE.procedures_in_force(TODAY)
    documents = {d for row in rows for d in row.required_documents}
    for optional in forms.optional:
        assert set(optional.documents) <= documents
    for reception in forms.receptions:
        assert any(reception.concerns(row) for row in rows), reception.because
        assert set(reception.procedures) <= {row.code for row in rows}
        assert set(reception.levels) < set(LEVELS) or set(reception.channels) < set(CHANNELS)


def test_rules_count_only_while_in_force(forms) -> None:
    row = CATALOGUE.procedure("2.000884", TODAY)
    assert forms.of(row, TODAY).is_written
    assert "post" not in forms.of(row, TODAY).channels
    before = forms.of(row, date(2025, 6, 30))
    assert not before.is_written
    assert before.channels == set(CHANNELS)


def test_a_form_is_made_once_for_a_row_and_anew_for_another(forms) -> None:
    row = CATALOGUE.procedure("2.000942", TODAY)
    assert forms.of(row, TODAY) is forms.of(row, TODAY)
    (other,) = (r for r in load().procedures["2.000942"])
    assert forms.of(other, TODAY).procedure is other


def test_a_made_form_asks_what_the_fee_depends_on(forms) -> None:
    def asked(code):
        return set(forms.of(CATALOGUE.procedure(code, TODAY), TODAY).schema["properties"])

    assert asked("2.000200") == {"request", "case"}
    assert asked("2.000942") == {"request", "pages"}
    assert asked("2.001263") == {"request", "exemption"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("2.000815.json", "{"),
        ("2.000815.json", '{"procedure": "2.000815"}'),
        ("receiving.json", '{"receptions": [], "optional": [{}]}'),
    ],
)
def test_a_wrong_file_is_named(tmp_path, name, text) -> None:
    folder = copied(tmp_path)
    (folder / name).write_text(text)
    with pytest.raises(Misconfigured, match=name):
        load_forms(folder)


def test_a_schema_that_is_none_and_a_missing_file_are_named(tmp_path) -> None:
    folder = copied(tmp_path)
    form = json.loads((folder / "2.000815.json").read_text())
    form["schema"]["properties"]["pages"]["maxLength"] = "x"
    (folder / "2.000815.json").write_text(json.dumps(form))
    with pytest.raises(Misconfigured, match=r"2\.000815"):
        load_forms(folder)
    (folder / "receiving.json").unlink()
    with pytest.raises(Misconfigured, match="receiving"):
        load_forms(folder)
