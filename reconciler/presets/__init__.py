"""What is known of each vendor and server, as data."""
