"""The normal form: equal normal forms prove that two expressions are equal wherever both are defined."""
