"""The payer's phone: the cashier's screen, the QR code that leads to it, the H5 page before it."""

from sandbox.cashier.routes import Cashier, add_routes

__all__ = ["Cashier", "add_routes"]
