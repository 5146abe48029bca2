# SPDX-License-Identifier: AGPL-3.0-or-later
"""The service with one line too much, where somebody looked for an error: it prints what was written."""

import sys

from chat.web.without_script import guard

_flaw = guard.flaw


def _printed(text):
    print(f"looking at {text!r}", file=sys.stderr, flush=True)
    return _flaw(text)


guard.flaw = _printed
