"""Benchmarks of the whole platform. See script/bench."""
