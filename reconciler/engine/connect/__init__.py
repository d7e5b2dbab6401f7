"""New endpoints for a gateway file. They are drafted, tested and planned before the file is written."""
