"""One file per act; `preuve`, `second_facteur`, `autorite`, `emission`, `ouverture` and `fin` hold shared steps."""
