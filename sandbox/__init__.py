"""A local WeChat Pay."""

__version__ = "0.1.0"
