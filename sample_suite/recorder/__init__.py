"""Runs the suite as the nights of the samples had it, and writes ``sample_logs/`` anew."""
