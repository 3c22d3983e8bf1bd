"""Reading a log of any size by its lines, without a screen: offsets, numbers, search, folds, what to mark."""
