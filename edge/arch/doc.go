// Package arch has tests only: who may import whom, and which third-party package has its home where.
package arch
