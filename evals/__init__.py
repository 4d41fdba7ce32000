"""Answers into scores."""
