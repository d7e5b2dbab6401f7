"""The kinds of things outside gwctl that it writes, observes and may remove: a module for each."""
