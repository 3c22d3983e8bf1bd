"""A small shop back end for several tenants: the system that the sample logs are about.

It has real faults on purpose; each is marked by the words ``Known fault`` where it lies.
"""
