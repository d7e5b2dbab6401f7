"""gwctl: plan and apply for the language-model endpoints that a team uses."""

__version__ = "0.1.0"
