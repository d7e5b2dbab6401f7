"""The pipeline: gather, plan, apply. This is the only room that imports all the others."""
