"""What is shown, as a neutral tree."""
