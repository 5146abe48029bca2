# SPDX-License-Identifier: AGPL-3.0-or-later
"""One object per connection: what may come next. No network, no clock."""
