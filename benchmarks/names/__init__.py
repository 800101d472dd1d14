"""What the recogniser of names is fitted on (benchmarks/fit_names.py): people, places, ordinary sentences, forms of ours."""
