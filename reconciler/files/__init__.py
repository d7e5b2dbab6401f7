"""The doors to files: files that gwctl creates, and files that users name."""
