"""The kinds of owned resources, which gwctl writes, observes and removes outside itself: a module for each kind."""
