"""The command line: a module for each command, found by name (`main`) and imported when it is asked for."""
