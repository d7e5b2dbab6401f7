"""The planner: pure functions that compare desired and recorded resources and return a plan."""
