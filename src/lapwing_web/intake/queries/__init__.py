"""What this person may see of what arrived."""
