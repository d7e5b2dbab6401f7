"""Endpoints, models, defaults and owned resources: as listed, as recorded and as desired."""
