"""What pages that join applications read."""
