"""Spreadsheet to snapshot: reads every tab, decides what may be public, and keeps the last good result."""
