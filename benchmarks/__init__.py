"""Speed and memory, each against a floor of the same run: `python -m benchmarks [name …]`, docs/benchmarks.md."""
