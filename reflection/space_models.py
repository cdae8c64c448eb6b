"""What a member keeps for themselves alone: the space and its key, journal, check-ins, and thanks they were given.

No row says when it was made: the day stands within what is sealed. What a row is sealed to, its member alone opens.
"""

import uuid

from django.db import models

from roster.models import Member
from vault.fields import SealedField
from vault.models import DataKey


class OwnSpace(models.Model):
    """A member's own space: the public key to which all in it is sealed, and the seed that their words alone open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="own_space")
    #: A key of the line around all that belongs to no page of its own: destroyed, it shuts every backup.
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField()  # 32 bytes, X25519
    voucher = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    seed = SealedField()
    code_salt = models.BinaryField(max_length=16)
    code_seed = SealedField()
    draft = SealedField(null=True)  # of the journal
    #: Their own word, which they may take back: others may leave them thanks; they add to what the group says.
    takes_thanks = models.BooleanField(default=True)
    joins_trend = models.BooleanField(default=False)
    #: The day on which the line saw that their account is closed (reflection/closed_accounts.py).
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class JournalPage(models.Model):
    """One page of a journal, under a key of its own: deleting it destroys the key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(OwnSpace, on_delete=models.CASCADE, related_name="pages")
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    page = SealedField()

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class CheckIn(models.Model):
    """One answer of a member about themselves; which, and of what day, stands within what is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(OwnSpace, on_delete=models.CASCADE, related_name="check_ins")
    result = SealedField()

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class Thanks(models.Model):
    """A note of thanks, sealed to who was given it; who wrote it stands within, if they wished."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    space = models.ForeignKey(OwnSpace, on_delete=models.CASCADE, related_name="thanks")
    key = models.OneToOneField(DataKey, on_delete=models.PROTECT, related_name="+")
    note = SealedField()
    hidden = models.BooleanField(default=False)
    seen = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)
