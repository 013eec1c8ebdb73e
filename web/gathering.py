"""Several rows of a subquery as one JSON list: what hangs on a row is read in the row's own statement."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, JSONField


class Gathered(Aggregate):
    """The group's values as one JSON list, in no order; NULL for no rows."""

    function = "JSONB_AGG"
    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)
