"""The police's side: a Django site over the library."""
