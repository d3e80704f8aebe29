"""What people fill in: one form a decision, by noun."""
