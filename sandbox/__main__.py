"""python -m sandbox: the same command line."""

from sandbox.cli import main

main(prog_name="wxpay-sandbox")
