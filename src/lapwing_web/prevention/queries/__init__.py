"""What this person may see of the companies. Everything is counted in the database, in bounded answers."""
