"""The queries, a module for each thing that is kept: its rows, and a repository. Each statement is built once."""
