// Package arch holds no code: its tests read every Go file of the module and check that
// the rooms keep to ARCHITECTURE.md, and that every row of docs/rows.md has its proof.
package arch
