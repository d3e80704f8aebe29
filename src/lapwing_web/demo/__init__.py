"""Demonstration data: two years of made-up reports, and of what was done with them, by the real actions.

Nothing here is about anybody. Accounts are numbered, networks and domains are those kept for documentation,
telephone numbers are those kept for drama, hashes are hashes of numbers, and there is no picture of anything.
"""
