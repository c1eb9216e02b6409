// Package experiments breaks the program on purpose and counts what was lost: every one is
// a test, small under "go test ./..." and in its full size under "make experiments", which
// keeps the outcomes that docs/reliability.md is made of.
//
// They hold what the program promises against machines that stop, disks that fill, clocks
// that jump and crowds that come at once. The stories in e2e hold it against people.
package experiments
