"""Notifications, whole or carried by a listener; and the messages that an exchange consists of."""
