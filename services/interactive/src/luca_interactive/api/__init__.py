"""What requests and answers look like: the types that parse the ones and print the others."""
