"""The command line, from a checkout: python run_sandbox.py [COMMAND] [OPTIONS]."""

from sandbox.cli.main import main

if __name__ == "__main__":
    main(prog_name="run_sandbox.py")
