"""Photographs of strangers, made anew in a guarded child process (decision 0024)."""
