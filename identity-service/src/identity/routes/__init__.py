"""One module per tag of the contract, one function per operation: parse, act, represent."""
