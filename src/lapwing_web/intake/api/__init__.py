"""What providers' software speaks to: the reporting protocol, and the JSON API."""
