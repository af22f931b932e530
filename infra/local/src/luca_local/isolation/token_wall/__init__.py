"""The first wall alone: the real verifier and middleware before an application that gives everybody everything."""
