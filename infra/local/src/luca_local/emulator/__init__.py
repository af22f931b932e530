"""The AWS emulator (ministack) with its faults mended.

Runs in the emulator's own environment, where nothing of Luca is installed: imports the standard library and ministack.
"""
