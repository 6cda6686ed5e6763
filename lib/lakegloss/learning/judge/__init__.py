"""Lets a language model judge pairs of texts, and reads what people say of some of them."""
