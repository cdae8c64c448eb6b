"""Keys as tests of the vault meet them: seal something, read a row anew, go on as another process does."""

from vault import actions, holders
from vault.actions import Context
from vault.models import DataKey

HERE = Context("chat", "chat_message", "text", "a-contact", ("1",))
WORDS = b"nadie lo sabe"


def fresh(row: DataKey) -> DataKey:
    """Return the row as another request reads it."""
    return DataKey.objects.get(pk=row.pk)


def sealed_by(row: DataKey) -> bytes:
    """Return some words sealed by this key."""
    return actions.case_key_for(fresh(row)).seal(HERE, WORDS, pad_to=256)


def elsewhere() -> None:
    """Go on as another process does, which holds no key open."""
    holders.forget_all()
