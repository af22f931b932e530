"""Path 1 of Luca: the REST API in which teachers record grades and families read them."""
