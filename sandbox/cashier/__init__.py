"""The payer's phone: the cashier's screen, the QR code that leads to it, the H5 page before it."""

from sandbox.cashier.routes import add_routes

__all__ = ["add_routes"]
