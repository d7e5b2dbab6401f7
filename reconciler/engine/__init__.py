"""The engine: the pipeline, written once; the only room that sees all the others."""
