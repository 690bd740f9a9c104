"""audit: the journal of every access, taken over byte for byte from each source, and its proof."""
