"""The service in other protocols: OpenAI's, Dify's, and the Model Context Protocol over HTTP and stdio."""
