"""What people and rules do to referrals: check, change and record, or nothing."""
