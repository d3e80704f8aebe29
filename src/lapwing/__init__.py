"""Lapwing's library and command: formats, rules and policy, with no web framework and no hidden clock."""
