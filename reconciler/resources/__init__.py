"""Endpoints, models, defaults and owned resources: as observed, as recorded and as desired."""
