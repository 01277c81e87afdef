"""Evidence at points: counterexamples, residues, finite differences."""
