"""Use cases: load the conversation, apply the rule, save if unchanged, carry out the effects."""
