"""What companies send: the page that each one's scorecard grows from."""
