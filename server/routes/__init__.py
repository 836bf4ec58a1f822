"""The routes that are no protocol of others: the API beside asking, and the page."""
