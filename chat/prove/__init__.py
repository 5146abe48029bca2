# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering prove`: talks through a running service, then looks for what was left of it, everywhere."""

from chat.prove.proof import prove
from chat.prove.report import Report, as_json, as_text

__all__ = ["Report", "as_json", "as_text", "prove"]
