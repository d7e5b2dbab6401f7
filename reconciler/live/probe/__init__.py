"""The probe of a host for `gwctl doctor`, without any key."""
