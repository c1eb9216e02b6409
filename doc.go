// Package amend is change control for customer data: every change to a golden
// record is requested, verified, approved, applied, synchronised, notified,
// confirmed and recorded. The program is cmd/amend; ARCHITECTURE.md is the map.
package amend
