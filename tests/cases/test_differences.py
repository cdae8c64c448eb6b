"""What changed between two versions of a note."""

from cases.differences import Piece, changes
from cases.notes import NoteBody


def test_the_same_words_are_no_change() -> None:
    assert changes(NoteBody(talked="igual"), NoteBody(talked="igual")) == []


def test_only_the_words_that_differ_are_marked() -> None:
    (change,) = changes(NoteBody(agreed="llamar el lunes"), NoteBody(agreed="llamar el martes"))
    assert change.field == "agreed"
    assert change.pieces == (Piece("same", "llamar el "), Piece("removed", "lunes"), Piece("added", "martes"))


def test_the_pieces_give_both_versions_back() -> None:
    before, after = "Uno.\n\nDos  tres", "Uno y medio.\n\nDos tres cuatro"
    (change,) = changes(NoteBody(talked=before), NoteBody(talked=after))
    assert "".join(piece.text for piece in change.pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in change.pieces if piece.kind != "removed") == after


def test_a_choice_is_told_in_the_words_of_the_form() -> None:
    (change,) = changes(NoteBody(risk="low"), NoteBody(risk="high"))
    assert [piece.kind for piece in change.pieces] == ["removed", "added"]
    assert change.pieces[1].text.startswith("Alto")


def test_a_further_reason_is_one_change_of_its_own() -> None:
    (change,) = changes(NoteBody(also=("grief", "sleep")), NoteBody(also=("grief", "family")))
    assert [piece.kind for piece in change.pieces] == ["same", "removed", "added"]
    assert change.pieces[2].text == "Familia. "


def test_every_field_of_a_note_is_compared() -> None:
    chosen = {"reason": "grief", "also": ("sleep",), "region": "08", "risk": "none", "death": "close"}
    full = NoteBody(talked="a", risk_words="b", agreed="c", next_step="d", **chosen)  # type: ignore[arg-type]
    assert {change.field for change in changes(NoteBody(), full)} == set(NoteBody.__dataclass_fields__)
