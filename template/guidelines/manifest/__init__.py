"""Checks of what the app really serves: imported in a process of its own, described as data, judged here."""
