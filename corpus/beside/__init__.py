"""What a person keeps beside a document: hints, expected and outside questions, words."""
