"""From desired and recorded to a plan: pure functions only."""
