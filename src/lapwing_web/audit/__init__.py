"""What was done and looked at, by whom. Rows are only ever added."""
