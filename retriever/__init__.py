"""A question -> ranked posts with citations and a confidence: query -> fuse -> rank -> confidence -> citations."""
