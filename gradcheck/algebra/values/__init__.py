"""Expressions evaluated at concrete points: in balls, which can refute, and modulo primes, which can filter."""
