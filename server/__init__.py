"""How people and chatbots reach the retriever: answers in words, and the HTTP API."""
