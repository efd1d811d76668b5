"""Finds passages and answers from them. The only package that knows Qdrant."""
