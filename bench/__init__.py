# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `make bench` measures: this server against the floor, side by side, on this computer."""
