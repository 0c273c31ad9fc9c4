"""A whole file, before anything of it is sent."""

import json

import pytest

from deploy.importing.checking import check, digest, tallies, texts
from deploy.importing.lines import LINE_LIMIT_BYTES
from shared.errors import Misconfigured

SALT = b"salt"


def checked(make, path):
    return check(texts(path), make.RULES, SALT, lambda _: None)


def codes(found) -> list[tuple[int, str, list[str]]]:
    return [(e.line, e.because, [p.code for p in e.problems]) for e in found.all_exceptions()]


def test_lines_are_counted_by_unit_and_procedure_in_order_or_not(make, tmp_path) -> None:
    wrong = make.line(2, receiving_unit="99999")
    path = make.write(tmp_path / "a", [make.line(1), wrong, make.line(3), b"{"])
    found = checked(make, path)
    assert (found.lines, found.to_send, len(found.all_exceptions())) == (4, 2, 2)
    assert tallies(found.units) == [("00004", 2, 0), ("?", 0, 2)]
    assert tallies(found.procedures) == [("2.000815", 2, 1), ("?", 0, 1)]


@pytest.mark.parametrize(
    "shifted", ["Nguyễn Văn Bí Mật, số 1 đường X", "Nguyễn Văn Bí Mật", "001099000001", ["x"], 7]
)
def test_what_is_not_in_the_catalogue_is_not_repeated_in_the_counts(
    make, tmp_path, shifted
) -> None:
    line = make.line(procedure=shifted, receiving_unit=shifted)
    found = checked(make, make.write(tmp_path / "a", [line]))
    assert tallies(found.procedures) == tallies(found.units) == [("?", 0, 1)]


def test_a_unit_of_before_is_counted_by_its_code(make, tmp_path) -> None:
    old = next(
        code for code in make.RULES.catalogue.successors if code not in make.RULES.catalogue.units
    )
    path = make.write(tmp_path / "a", [make.line(receiving_unit=old)])
    assert tallies(checked(make, path).units) == [(old, 0, 1)]


def test_the_same_line_again_is_a_repeat_also_in_other_words(make, tmp_path) -> None:
    spaced = json.dumps(make.line(), indent=None, sort_keys=True).encode() + b"\r"
    found = checked(make, make.write(tmp_path / "a", [make.line(), spaced, make.line()]))
    assert (found.to_send, found.repeated, codes(found)) == (1, 2, [])


def test_an_id_with_two_contents_is_an_exception_and_the_first_goes(make, tmp_path) -> None:
    found = checked(make, make.write(tmp_path / "a", [make.line(), make.line(copies=3)]))
    assert found.to_send == 1
    assert codes(found) == [(2, "invalid", ["id-repeated"])]


def test_an_old_code_under_two_ids_is_an_exception(make, tmp_path) -> None:
    old = {"dossier_code": "H26.1-20201120-0001"}
    lines = [make.line(1, old=old), make.line(2, old=old)]
    assert codes(checked(make, make.write(tmp_path / "a", lines))) == [
        (2, "invalid", ["code-repeated"])
    ]


def test_line_numbers_are_those_of_an_editor(make, tmp_path) -> None:
    path = tmp_path / "a"
    good = json.dumps(make.line()).encode()
    long = b"x" * (2 * LINE_LIMIT_BYTES + 7)
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\n  \n" + long + b"\n{\n" + good[:-5])
    found = checked(make, path)
    assert found.to_send == 1
    assert codes(found) == [
        (4, "malformed", ["line-too-long"]),
        (5, "malformed", ["not-json"]),
        (6, "malformed", ["not-json"]),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_told(make, tmp_path, content) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match="The file is empty"):
        checked(make, path)


def test_what_is_no_file_is_told(tmp_path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(Misconfigured, match="is no file: name one"):
            digest(path)
