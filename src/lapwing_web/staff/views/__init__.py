"""Pages about signing in, people, and the audit."""
