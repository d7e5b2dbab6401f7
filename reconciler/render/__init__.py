"""The output of commands: views build a neutral tree, formats print the tree."""
