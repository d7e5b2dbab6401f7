"""The reading and writing of files: files that gwctl creates, and files that users name."""
