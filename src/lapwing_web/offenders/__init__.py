"""Registered offenders: who manages each, when each is visited and assessed, and how many a team has."""
