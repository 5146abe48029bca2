"""The outside of the house: HTTP and WebSockets. Thin; every rule lives further in."""
