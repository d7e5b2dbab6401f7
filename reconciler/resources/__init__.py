"""Endpoints, models and defaults: what was listed, what is recorded, what is desired."""
