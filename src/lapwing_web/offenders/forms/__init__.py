"""What people fill in about registered offenders."""
