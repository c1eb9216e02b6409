// Package audit makes tampering evident: entries hashed into a Merkle tree (RFC 6962),
// checkpoints that a log key signs and a witness cosigns, and receipts that a customer
// verifies without us.
//
// The tour: an [Entry] names its public facts and commits to its private ones; its
// [Entry.Hash] is a leaf of the [Tree]; the tree's root is signed as a [Checkpoint];
// a [Witness] cosigns only heads that extend the one it saw before; a [Receipt] carries
// one change's entries, their path to such a head, and what opens their commitments.
// The bytes are specified in docs/log-format.md, for whoever writes another verifier.
package audit

import "golang.org/x/mod/sumdb/tlog"

// Hash is a SHA-256 hash: of a leaf, of a node, of the root. As text it is base64.
type Hash = tlog.Hash
