"""The API's description, OpenAPI 3.1, made of nothing but what the endpoints declare and the models that they name."""
