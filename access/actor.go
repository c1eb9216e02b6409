// Package access says who somebody is and what they may do: actors, roles and the
// one table of permissions. Everything that is not in the table is denied.
package access

import "slices"

// A Role is what a person or client is there for. One token is one named person or client.
type Role string

// The roles of product.md. App and Portal are clients that vouch for a signed-in customer.
const (
	Agent      Role = "agent"      // files changes on a customer's behalf
	Steward    Role = "steward"    // cares for records: screens, rebases, resolves exceptions
	Approver   Role = "approver"   // decides
	Owner      Role = "owner"      // answers for a field
	Auditor    Role = "auditor"    // reads the log, changes nothing
	Privacy    Role = "privacy"    // privacy officer
	Integrator Role = "integrator" // connects systems
	Operator   Role = "operator"   // runs the binary: people, tokens, keys
	Security   Role = "security"   // policy and risk
	App        Role = "app"        // a client application that signs customers in
	Portal     Role = "portal"     // our own customer site
)

// Roles lists every role, in the order a help text shows them.
func Roles() []Role {
	return []Role{Agent, Steward, Approver, Owner, Auditor, Privacy, Integrator, Operator, Security, App, Portal}
}

// A Sort tells people, programs and the customer apart.
type Sort string

// The sorts of actor.
const (
	Staff    Sort = "staff"    // a named person of the company
	Client   Sort = "client"   // a program with a token: role app or portal, or a connector
	Customer Sort = "customer" // the customer, by link token or vouched for by a client
	System   Sort = "system"   // Amend itself: timers and the work loop
)

// Actor is who does something. It is an argument of every verb and every read, never hidden in a context.
type Actor struct {
	ID         string // id of the person, client or customer record; "system" for Amend
	Name       string // how people see them; never a customer's name
	Sort       Sort
	Roles      []Role
	Department string
	Via        string // for a customer: "link", "portal" for a session of our own, or the id of the client that vouches
	Weak       bool   // a customer who signed in through a contact that was never proven
	Link       Link   // for a customer who came by a link: what the link allows
}

// A Link is what a customer's link token allows: one submission or one request,
// for one purpose and, for act tokens, one destination. The zero Link allows nothing.
type Link struct {
	ID         string // names the token without being it: its hash, in hex
	Purpose    Purpose
	Submission string // a status token covers every lane of its submission
	Change     string // an act token covers one request
	Contact    string // the contact point (customer.Key) that the token was sent to
	New        bool   // it was sent to a contact that this very change proposes
}

// A Purpose is the one thing a link token is for.
type Purpose string

// The purposes of link tokens (architecture.md, Acts of the customer).
const (
	Status  Purpose = "status"  // view, proofs, answer, withdraw; reusable
	Confirm Purpose = "confirm" // "yes, that was me and it is right"; once
	Dispute Purpose = "dispute" // "this was not me"; freezes; once
	Address Purpose = "address" // proves that a new contact answers, or reports "not mine"; once
)

// Amend is the actor of timers and of the work loop.
func Amend() Actor { return Actor{ID: "system", Name: "Amend", Sort: System} }

// Has reports whether a carries role r.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// IsCustomer reports whether a acts with the customer's own credential.
func (a Actor) IsCustomer() bool { return a.Sort == Customer }
