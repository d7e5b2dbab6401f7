"""The planner: pure functions that compare desired resources with recorded resources and return a plan."""
