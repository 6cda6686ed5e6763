"""What values tell: shapes, forms, check digits, and the semantic type read from them."""
