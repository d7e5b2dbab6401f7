"""The views: values of the plan and the engine as a neutral tree."""
