"""The fourth wall alone: the deployed templates, asked past all of our code, with credentials that are real."""
