# SPDX-License-Identifier: AGPL-3.0-or-later
"""`python -m chat` is the `kentering` command."""

from chat.cli import main

main()
