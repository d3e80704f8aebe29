"""The values that law and policy can change, as dated TOML, and the loader that refuses what it does not know."""
