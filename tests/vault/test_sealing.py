"""Sealing and opening bytes: bound to their place, padded, refused when anything about them is changed."""

import dataclasses

import pytest

from tests.house.source import imports, modules, name_of, tree
from vault.errors import Damaged, TooMuch
from vault.sealing import HEADER, LONGEST, NUMBERS_PER_KEY, TAG, Context, Sealer, derive, key_id_of

KEY = bytes(range(32))
HERE = Context("note", "cases_noterevision", "body", "a-note", ("3",))
WORDS = "me siento mal, ¿hay alguien?".encode()
LENGTH = 4  # bytes in front of the words


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEY)


@pytest.mark.parametrize("words", [b"", b"a", WORDS, bytes(255), bytes(LONGEST)])
def test_what_was_sealed_opens_again_byte_for_byte(sealer: Sealer, words: bytes) -> None:
    assert sealer.unseal(HERE, sealer.seal(HERE, words, pad_to=256)) == words


def test_a_sealed_value_begins_with_version_algorithm_and_key_id(sealer: Sealer) -> None:
    sealed = sealer.seal(HERE, WORDS)

    assert sealed[:2] == b"\x01\x01"
    assert sealed[2:10] == key_id_of(KEY)
    assert WORDS not in sealed


def test_sealing_the_same_words_twice_never_looks_the_same(sealer: Sealer) -> None:
    assert sealer.seal(HERE, WORDS) != sealer.seal(HERE, WORDS)


@pytest.mark.parametrize("bucket", [256, 1024])
def test_lengths_inside_a_bucket_look_alike(sealer: Sealer, bucket: int) -> None:
    lengths = {len(sealer.seal(HERE, bytes(size), pad_to=bucket)) for size in (0, 1, bucket - LENGTH)}
    longer = len(sealer.seal(HERE, bytes(bucket - LENGTH + 1), pad_to=bucket))

    assert lengths == {HEADER + bucket + TAG}
    assert longer == HEADER + 2 * bucket + TAG


def test_one_changed_bit_anywhere_is_seen(sealer: Sealer) -> None:
    sealed = sealer.seal(HERE, WORDS, pad_to=64)

    for place in range(len(sealed)):
        for bit in (1, 128):
            changed = bytearray(sealed)
            changed[place] ^= bit
            with pytest.raises(Damaged):
                sealer.unseal(HERE, bytes(changed))


@pytest.mark.parametrize("length", [0, 1, HEADER, HEADER + TAG - 1])
def test_a_value_that_was_cut_short_is_damaged(sealer: Sealer, length: int) -> None:
    with pytest.raises(Damaged):
        sealer.unseal(HERE, sealer.seal(HERE, WORDS)[:length])


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"purpose": "chat"},
        {"table": "cases_note"},
        {"column": "draft"},
        {"record": "another-note"},
        {"extra": ("4",)},
        {"extra": ()},
        {"extra": ("3", "")},
    ],
)
def test_a_value_moved_to_another_place_is_damaged(sealer: Sealer, elsewhere: dict[str, str]) -> None:
    sealed = sealer.seal(HERE, WORDS)

    with pytest.raises(Damaged):
        sealer.unseal(dataclasses.replace(HERE, **elsewhere), sealed)  # type: ignore[arg-type]


def test_parts_of_a_context_cannot_run_into_each_other() -> None:
    assert Context("a", "bc", "d", "e").as_bytes() != Context("ab", "c", "d", "e").as_bytes()
    assert Context("a", "b", "c", "d", ("e", "f")).as_bytes() != Context("a", "b", "c", "d", ("ef",)).as_bytes()


def test_another_key_opens_nothing(sealer: Sealer) -> None:
    with pytest.raises(Damaged):
        Sealer(bytes(32)).unseal(HERE, sealer.seal(HERE, WORDS))


def test_a_value_longer_than_the_limit_is_refused(sealer: Sealer) -> None:
    with pytest.raises(TooMuch):
        sealer.seal(HERE, bytes(LONGEST + 1))


def test_no_record_key_seals_without_bound() -> None:
    names = {Context("chat", "t", "c", "r", number=number).key_name for number in range(0, 4 * NUMBERS_PER_KEY, 1_000)}

    assert len(names) == 4
    assert Context("chat", "t", "c", "r", number=NUMBERS_PER_KEY - 1).key_name == "chat|r"


def test_keys_for_different_uses_differ() -> None:
    assert len({derive(KEY, "a"), derive(KEY, "b"), derive(bytes(32), "a"), KEY}) == 4


def test_only_the_vault_imports_the_ciphers() -> None:
    users = {name_of(path) for path in modules() for _line, what in imports(tree(path)) if what.startswith("cryptog")}

    ours = ("organisations", "sealing", "signing", "stretching", "wrapping")
    assert users == {f"vault.{name}" for name in ours}
