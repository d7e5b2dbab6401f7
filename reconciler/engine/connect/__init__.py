"""One more endpoint in a gateway file: drafted, tested and planned before the file is written."""
