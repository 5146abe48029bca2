# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help-seeker's pages without a service: every state, from the pages' own closed lists."""
