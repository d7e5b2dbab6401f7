"""The output of commands. Views build a neutral tree, and formats print the tree."""
