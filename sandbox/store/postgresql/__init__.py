"""The store in a PostgreSQL: any number of processes, all of them equal."""
