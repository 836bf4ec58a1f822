"""Clauses -> a versioned index: encoder, dense (FAISS), lexical (BM25), store, build, publish, open."""
