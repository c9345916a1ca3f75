"""Vitrine beside Debian's Glance: the same requests to both, and every difference explained."""
