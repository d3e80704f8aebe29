"""What providers' software is told of the reports it sent, and the JSON API put together."""
