"""What a caller agreed to, with a receipt to keep."""
