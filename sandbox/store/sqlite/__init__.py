"""The store in a file of SQLite's: one process, one writer."""
