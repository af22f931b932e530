"""A sync with a planted fault: it says that all is done, and has done nothing."""
