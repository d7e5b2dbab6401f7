"""The views: plans and results of commands as a neutral tree."""
