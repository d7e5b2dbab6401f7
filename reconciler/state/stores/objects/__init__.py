"""The `s3`, `gs` and `az` stores, which keep a state in object storage."""
