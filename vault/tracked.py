"""Sets of rows whose changes are kept (django-simple-history): nothing that the history follows changes unseen."""

from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Unseen(Exception):
    """A change of many rows at once would pass the history by."""


class TrackedQuerySet(models.QuerySet[Row]):
    """Refuses to change in bulk what the history follows; other columns may be updated."""

    def _followed(self, names: Iterable[str]) -> set[str]:
        fields = self.model.history.model.tracked_fields  # type: ignore[attr-defined]  # simple-history's
        followed = {name for field in fields for name in (field.name, field.attname, "pk")}
        return set(names) & followed

    def update(self, **kwargs: Any) -> int:
        """Update columns that the history does not follow. Raises Unseen for any other."""
        followed = self._followed(kwargs)
        if followed:
            raise Unseen(", ".join(sorted(followed)))
        return super().update(**kwargs)

    def update_noted(self, **kwargs: Any) -> int:
        """Update any columns; whoever calls this writes the rows of the history in the same transaction."""
        return super().update(**kwargs)

    def bulk_create(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Unseen

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise Unseen

    def delete(self) -> NoReturn:
        """Refuse: a row whose history is kept goes one by one, or with a rehearsal."""
        raise Unseen
