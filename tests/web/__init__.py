"""Tests of the local page: in a real Chromium, and by requests that no browser would send."""
