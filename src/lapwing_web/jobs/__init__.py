"""Durable work in lanes: jobs in the same database as what they do, taken by lease, at least once."""
