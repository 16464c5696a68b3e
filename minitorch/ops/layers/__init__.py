"""Ops that layers of networks are made of; most call a kernel."""
