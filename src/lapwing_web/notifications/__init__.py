"""What people are told of: made with what causes it, and never with a personal detail in it."""
