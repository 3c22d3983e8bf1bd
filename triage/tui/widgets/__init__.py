"""One widget a module; what one sees tells where it lives."""
