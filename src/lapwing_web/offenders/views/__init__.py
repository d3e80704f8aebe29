"""Pages about registered offenders."""
