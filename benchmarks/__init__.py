"""Speed and memory, each against a floor measured in the same run. `python -m benchmarks [name …]`; docs/benchmarks.md."""
