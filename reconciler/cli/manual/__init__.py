"""What a user reads about the commands beyond their help texts: examples, and manual pages."""
