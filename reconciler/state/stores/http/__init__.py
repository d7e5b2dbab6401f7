"""The `http` and `https` store: Terraform's HTTP state protocol."""
