// Package desk is where things happen: one verb per file, one transaction per verb. A
// verb loads, asks the rooms' rules, and seals; nothing else in the program changes a
// customer.
package desk

import (
	"context"
	"fmt"

	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// Desk holds the verbs. It is safe for concurrent use.
type Desk struct {
	store   *store.Store
	keys    *keys.Master
	house   House
	outside Outside
	turns   chan struct{} // one for each password that may be checked at once
}

// passwordsAtOnce bounds the memory that checking passwords takes: 19 MiB each.
const passwordsAtOnce = 4

// House is what the company decides, apart from its data.
type House struct {
	Catalog  customer.Catalog
	Policy   *policy.Policy
	Calendar org.Calendar
	Words    notify.House  // brand, hotline and domain in every message
	Book     *notify.Book  // the texts of messages
	Rules    []notify.Rule // which departments hear of which changes
	BaseURL  string        // where customers reach the portal: every link of theirs begins with it
	StaffURL string        // where staff reach the console: every link of theirs begins with it; "": below the portal
	Lang     notify.Lang   // of a customer who has not chosen
}

// Outside is the outside world, one seam for each kind.
type Outside struct {
	// Connector answers the connector of a system, with its secret opened.
	Connector func(s downstream.System, secret []byte) (downstream.Connector, error)
	// Channels by medium; a medium without one becomes a task for a person.
	Channels map[notify.Medium]notify.Channel
	// Witness cosigns a checkpoint, or is nil where no witness is set up.
	Witness Witness
}

// New makes a desk.
func New(s *store.Store, m *keys.Master, h House, o Outside) *Desk {
	if h.StaffURL == "" {
		h.StaffURL = h.BaseURL + "/console"
	}
	return &Desk{store: s, keys: m, house: h, outside: o, turns: make(chan struct{}, passwordsAtOnce)}
}

// onRequest runs a verb on one request. Verbs on the same request wait for each other
// instead of failing; whatever else they meet, compare-and-set decides.
func (d *Desk) onRequest(ctx context.Context, id change.ID, verb func(*store.Tx, *change.Request) error) error {
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		r, err := tx.Change(id)
		if err != nil {
			return err
		}
		was := r
		if err := verb(tx, &r); err != nil {
			return fmt.Errorf("request %s: %w", id, err)
		}
		return change.Follows(was, r)
	})
}
