"""Rules: pure functions over values and a dated table of policy. No files, no network, no clock."""
