"""The fault battery: real services, killed before and after each request that they are seen to make."""
