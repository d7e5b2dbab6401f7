"""The reusable workflows, run step by step as GitHub Actions runs them."""
