"""AIRM graph."""
