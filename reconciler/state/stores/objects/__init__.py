"""The `s3`, `gs` and `az` stores."""
