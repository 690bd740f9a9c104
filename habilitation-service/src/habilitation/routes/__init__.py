"""One module for each tag of the contract, one function for each operationId: parse, act, represent."""
