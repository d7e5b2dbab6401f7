"""The tools whose configuration gwctl writes, one module for each tool. The modules read and write no files."""
