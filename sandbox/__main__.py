"""python -m sandbox: the same command line."""

from sandbox.cli.main import main

main(prog_name="wxpay-sandbox")
