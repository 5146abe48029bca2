# SPDX-License-Identifier: AGPL-3.0-or-later
"""The durable store: staff, devices, invitations, settings, staff actions and tallies.

Nothing of a help-seeker fits in its schema; `tests/records/test_schema.py` names every column and why
it is there. `Records.open(url)` is the way in.
"""

from chat.records.database import RecordsUnreachable
from chat.records.records import Records

__all__ = ["Records", "RecordsUnreachable"]
