"""Registered offenders, as a given person may see them."""
