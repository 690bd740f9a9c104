"""What the house does in a second, as ratios: `make bench`. A ratio survives a change of machine, a figure does not."""
