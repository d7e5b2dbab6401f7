"""The tools whose configuration gwctl writes: a module for each. Pure: values in, values out."""
