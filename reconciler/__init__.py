"""gwctl: plan and apply changes to the language-model endpoints that a team uses."""

__version__ = "0.1.0"
