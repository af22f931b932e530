"""The page that shows the API's description: one HTML, one style, one script, and nothing from elsewhere."""
