# SPDX-License-Identifier: AGPL-3.0-or-later
"""`kentering doctor`: whether a running service is as it should be, in plain words and as JSON."""

from chat.doctor.examine import examine
from chat.doctor.finding import Finding, Standing, as_json, as_text, exit_code

__all__ = ["Finding", "Standing", "as_json", "as_text", "examine", "exit_code"]
