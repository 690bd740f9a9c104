"""CDAP: a partner's user opens an allocataire's dossier, and reads what her profile may read of it."""
