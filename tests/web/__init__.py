"""Tests of the pages and the routes."""
