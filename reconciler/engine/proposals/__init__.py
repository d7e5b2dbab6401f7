"""Plans that are shown first and applied later, in another request: what they were made from, and what has changed."""
