"""Statistics each person may see, counted in the database from the records themselves."""
