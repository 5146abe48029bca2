"""One object per connection: what may come next. No network, no clock."""
