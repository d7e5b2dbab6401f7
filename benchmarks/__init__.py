"""Benchmarks: `python -m benchmarks` measures all and writes docs/performance.md; see README.md."""
