"""The examples and the manual pages of the commands."""
