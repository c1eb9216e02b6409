// Package e2e tells whole lives of a change as stories (testdata/stories), each on both
// databases, against a small outside world on loopback; after every story the invariants
// of the product are checked on the database that it left behind.
package e2e
