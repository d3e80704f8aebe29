"""What people do about registered offenders."""
