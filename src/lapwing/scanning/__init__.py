"""A seized device, or a copy of one: everything on it accounted for, and what is known found first."""
