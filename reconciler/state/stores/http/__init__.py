"""The `http` and `https` store, which uses Terraform's HTTP state protocol."""
