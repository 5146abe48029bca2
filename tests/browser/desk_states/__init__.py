# SPDX-License-Identifier: AGPL-3.0-or-later
"""The desk without a service: its real views over a state that is given by hand."""
