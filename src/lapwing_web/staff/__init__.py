"""Organisations, the people in them, their roles, and what each may do."""
