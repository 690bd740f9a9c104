"""One file per act; `preuve`, `second_facteur`, `connexion`, `autorite`, `emission`, `octroi`, `client`, `formulaire`,
`ouverture` and `fin` hold shared steps."""
