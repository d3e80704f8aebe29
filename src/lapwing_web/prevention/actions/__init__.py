"""What people do to prevent: the agency's own list."""
