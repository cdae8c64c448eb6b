"""Sets of rows whose changes are kept (django-simple-history): nothing that the history follows changes unseen."""

import functools
from typing import Any, NoReturn, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Unseen(Exception):
    """A change of many rows at once would pass the history by."""


@functools.cache
def _followed_by(model: Any) -> frozenset[str]:
    """Return the names of the columns that a model's history follows (simple-history makes a class at each asking)."""
    fields = model.history.model.tracked_fields
    return frozenset(name for field in fields for name in (field.name, field.attname, "pk"))


class TrackedQuerySet(models.QuerySet[Row]):
    """Refuses to change in bulk what the history follows; other columns may be updated."""

    def update(self, **kwargs: Any) -> int:
        """Update columns that the history does not follow. Raises Unseen for any other."""
        followed = _followed_by(self.model).intersection(kwargs)
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
