"""The shapes of gateway files and states, by which a document without faults is read without pydantic."""
