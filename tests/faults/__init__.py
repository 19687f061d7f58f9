"""Breaks everything around the reminders while they go out, and counts what is lost and repeated."""
