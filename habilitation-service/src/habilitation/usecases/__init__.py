"""One file for each act: one public function, one transaction, one event."""
