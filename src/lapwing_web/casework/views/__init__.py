"""Casework's pages, by noun."""
