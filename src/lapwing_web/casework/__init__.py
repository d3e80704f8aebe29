"""Referrals and what is done with them: joins, decisions, packages, outcomes."""
