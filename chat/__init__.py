# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kentering: an anonymous, sealed chat between help-seekers and counsellors."""
