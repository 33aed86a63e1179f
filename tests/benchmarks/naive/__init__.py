"""The night's work in plain pandas, as a colleague would write it in an afternoon: what the benchmarks compare with."""
